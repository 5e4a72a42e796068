import Logging
import MattermostIO
import RuleEngine
import Vocabulary

extension Intake {
  /// Takes up which channels the bot is in now: those that it left or that were archived unnoticed end.
  func know(all records: [ChannelRecord]) {
    let ids = Set(records.map(\.id))
    for channel in cursors.kept.keys where !ids.contains(channel) { forget(channel) }
    know(records)
  }

  /// Takes up how channels are that the bot is in now.
  ///
  /// The rules' names come to stand for channels that are new, in teams where they stood for none: one that was known
  /// under another name stays what it was, and nobody gets rights by taking a name over.
  func know(_ records: [ChannelRecord]) {
    let names = ReferencedNames(in: actions.rules.ruleSet).channels
    var directory = directory
    for record in records {
      if channels[record.id] == nil, names.contains(record.name), !isTaken(record.name, in: record.teamID) {
        directory.channels[record.name, default: []].insert(record.id)
      }
      channels.note(record.channel, team: record.teamID)
    }
    use(directory)
  }

  private func isTaken(_ name: String, in team: String) -> Bool {
    directory.channels[name]?.contains { channels[$0]?.team == team } ?? false
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
      know([record])
    } catch {
      if error.isGone { return forget(id) }
      logger.warning("channel not looked up", metadata: ["channel": "\(id)", "reason": "\(error)"])
    }
  }

  /// Takes up a team that the bot came into.
  func lookAtTeams() async {
    do throws(MattermostError) {
      let names = ReferencedNames(in: actions.rules.ruleSet).teams
      var directory = directory
      for team in try await actions.poster.client.teams() where names.contains(team.name) {
        if directory.teams[team.name] == nil { directory.teams[team.name] = team.id }
      }
      use(directory)
    } catch {
      logger.warning("teams not looked up", metadata: ["reason": "\(error)"])
    }
  }

  /// Ends what is known of a channel that the bot is no longer in.
  func forget(_ channel: String) {
    channels.forget(channel)
    cursors.forget(channel)
  }

  /// Has the rules' names stand for what a directory says.
  private func use(_ directory: Directory) {
    guard directory != self.directory else { return }
    do throws(RuleSetError) {
      actions.rules = try CompiledRules(actions.rules.ruleSet, directory: directory)
      self.directory = directory
      logger.notice("names of the rules that were not known are known now")
    } catch {
      logger.error("names not taken over", metadata: ["reason": "\(error)"])
    }
  }
}
