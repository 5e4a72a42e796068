import ConfigLoader
import Core
import Journal
import Logging
import MattermostIO
import RuleEngine
import ServerLookup

/// Follows the channels and teams that the bot is in, and pins the names in the rules that they resolve.
final class MembershipTracker {
  private let builder: EventBuilder
  private let decider: Decider
  private let progress: ReadProgress
  private let resolver: NameResolver
  private let journal: Journal?
  private let client: MattermostClient
  private let logger: Logger
  /// The ids of the names in the rules.
  private var names: PinnedNames

  init(
    builder: EventBuilder, decider: Decider, progress: ReadProgress, names: PinnedNames, resolver: NameResolver,
    journal: Journal?, client: MattermostClient, logger: Logger
  ) {
    self.builder = builder
    self.decider = decider
    self.progress = progress
    self.names = names
    self.resolver = resolver
    self.journal = journal
    self.client = client
    self.logger = logger
  }

  /// Puts rules into force, and returns the ids of their names. Names that were resolved while the rules were compiled
  /// count.
  func activate(_ rules: ResolvedRules) -> PinnedNames {
    decider.use(rules.compiled)
    let known = rules.names.ids.adding(names.ids.map { ($0.key, $0.value) }, for: rules.referenced)
    names = rules.names.ids
    use(known)
    return names
  }

  private func use(_ known: PinnedNames) {
    guard known != names else { return }
    do throws(RuleSetError) {
      decider.use(try CompiledRules(decider.rules.ruleSet, directory: known.directory))
      names = known
      logger.notice("names in the rules resolved that were unknown before")
    } catch {
      logger.error("newly resolved names not used", metadata: ["reason": "\(error)"])
    }
  }

  /// Records the list of all channels that the bot is in. Those that it left, or that were archived, are forgotten.
  func update(all records: [ChannelRecord]) async {
    let ids = Set(records.map(\.id))
    for channel in progress.channels where !ids.contains(channel) { progress.forget(channel) }
    await update(records)
  }

  private func update(_ records: [ChannelRecord]) async {
    for record in records { builder.record(record) }
    await resolve(records.map { (PinnedNames.Key(role: .channel, name: $0.name, team: $0.teamID), $0.id.rawValue) })
  }

  /// Fetches a channel that the bot has joined, or that has changed.
  func updateChannel(_ id: ChannelID) async {
    guard !id.rawValue.isEmpty else { return }
    do throws(MattermostError) {
      let record = try await client.channel(id)
      guard record.deleteAt == 0 else {
        logger.notice("channel archived", metadata: ["channel": "\(id)", "name": "\(record.name)"])
        return progress.forget(id)
      }
      await update([record])
    } catch {
      // Its name stays pinned: another channel that takes the name is not the same.
      if error.isInaccessible { return progress.forget(id) }
      logger.warning("channel not looked up", metadata: ["channel": "\(id)", "reason": "\(error)"])
    }
  }

  /// Fetches the teams, after the bot has joined one.
  func updateTeams() async {
    do throws(MattermostError) {
      let teams = try await client.teams()
      await journal?.updateTeamNames(Dictionary(teams.map { ($0.id, $0.name) }) { first, _ in first })
      await resolve(teams.map { (PinnedNames.Key(role: .team, name: $0.name), $0.id.rawValue) })
    } catch {
      logger.warning("teams not looked up", metadata: ["reason": "\(error)"])
    }
  }

  /// Pins names in the rules that were unknown so far. Pinned ones keep their ids.
  private func resolve(_ found: [(key: PinnedNames.Key, id: String)]) async {
    let before = names
    use(names.adding(found, for: ReferencedNames(in: decider.rules.ruleSet)))
    if names != before { await resolver.pin(names) }
    await resolver.record(current: found)
  }
}
