import ConfigLoader
import Core
import Journal
import Logging
import MattermostIO
import RuleEngine

extension Ingest {
  /// Takes up which channels the bot is in now: those that it left or that were archived unnoticed end.
  func know(all records: [ChannelRecord]) async {
    let ids = Set(records.map(\.id))
    for channel in cursors.kept.keys where !ids.contains(channel) { forget(channel) }
    await know(records)
  }

  /// Takes up how the channels are that the bot is in now.
  func know(_ records: [ChannelRecord]) async {
    for record in records { channels.note(record.channel, team: record.teamID) }
    await met(records.map { (PinnedNames.Key(role: .channel, name: $0.name, team: $0.teamID), $0.id) })
  }

  /// Takes up a channel that the bot came into, or that changed.
  func look(at id: String) async {
    guard !id.isEmpty else { return }
    do throws(MattermostError) {
      let record = try await actions.poster.client.channel(id)
      guard record.deleteAt == 0 else {
        logger.notice("channel archived", metadata: ["channel": "\(id)", "name": "\(record.name)"])
        return forget(id)
      }
      await know([record])
    } catch {
      if error.isInaccessible { return forget(id) }
      logger.warning("channel not looked up", metadata: ["channel": "\(id)", "reason": "\(error)"])
    }
  }

  /// Takes up a team that the bot came into.
  func lookAtTeams() async {
    do throws(MattermostError) {
      let teams = try await actions.poster.client.teams()
      await journal?.know(teams: Dictionary(teams.map { ($0.id, $0.name) }) { first, _ in first })
      await met(teams.map { (PinnedNames.Key(role: .team, name: $0.name), $0.id) })
    } catch {
      logger.warning("teams not looked up", metadata: ["reason": "\(error)"])
    }
  }

  /// Ends how far a channel was read that the bot is no longer in. What it is called stays known: whoever takes its name
  /// meanwhile is not taken for it.
  func forget(_ channel: String) {
    cursors.forget(channel)
    changesUnread[channel] = nil
    deletionsUnread.moments[channel] = nil
  }

  /// Has names of the rules that led nowhere stand for what the bot has met by now. Those that stand for something stay
  /// what they are, whatever is called so now.
  func met(_ found: [(key: PinnedNames.Key, id: String)]) async {
    let before = names
    take(over: names.meeting(found, for: ReferencedNames(in: actions.rules.ruleSet)))
    if names != before { await keeper.keep(names) }
    await keeper.note(found)
  }
}
