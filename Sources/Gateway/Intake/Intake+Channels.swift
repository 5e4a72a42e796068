import Logging
import MattermostIO
import RuleEngine
import Vocabulary

extension Intake {
  /// Takes up how the channels are that the bot is in now.
  func know(_ records: [ChannelRecord]) async {
    let names = ReferencedNames(in: actions.rules.ruleSet).channels
    for record in records {
      if channels[record.id] == nil, names.contains(record.name) { areNamesStale = true }
      channels.note(record.channel, team: record.teamID)
    }
    if areNamesStale { await lookUpNames() }
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
      let names = ReferencedNames(in: actions.rules.ruleSet).channels
      if let known = channels[id]?.channel, known.name != record.name, names.contains(known.name) {
        logger.warning(
          "a channel of the rules has another name now; they go on meaning this channel",
          metadata: ["channel": "\(id)", "old": "\(known.name)", "new": "\(record.name)"])
      }
      await know([record])
    } catch {
      if error.code == .notFound || error.code == .forbidden { return forget(id) }
      logger.warning("channel not looked up", metadata: ["channel": "\(id)", "reason": "\(error)"])
    }
  }

  /// Ends what is known of a channel that the bot is no longer in.
  func forget(_ channel: String) {
    channels.forget(channel)
    cursors.forget(channel)
  }

  /// Asks the server once more for what the names in the rules stand for, as after the bot came into a channel or a team.
  func lookUpNames() async {
    let generation = generation
    areNamesStale = true
    do throws(GatewayError) {
      let ready = try await ReadyRules(actions.rules.ruleSet, actions.poster.client)
      areNamesStale = false
      // Newer rules have looked their names up themselves.
      guard generation == self.generation else { return }
      actions.rules = ready.compiled
      logger.notice("the names of the rules were looked up again", metadata: ["unknown": "\(ready.warnings.count)"])
    } catch {
      logger.warning("names not looked up; trying again with the next look", metadata: ["reason": "\(error)"])
    }
  }
}
