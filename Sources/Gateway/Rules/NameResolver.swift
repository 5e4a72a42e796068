import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine
import ServerLookup

/// Resolves the names in the rules, pins them to their ids over renames and restarts, and reports renames.
actor NameResolver {
  /// The file of the pinned names is written on it.
  private let executor = QueueExecutor(label: "edgecrab.names")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let file: PinnedNamesFile
  private let state: RulesState
  private let logger: Logger
  private let acceptsRenames: Bool
  /// The bot, once it is known; pinned names belong to it.
  private var bot: BotIdentity?
  private var pinned = PinnedNames()
  private var renamed: [RenamedEntity] = []
  /// True if the last attempt to write the file failed.
  private var isUnwritten = false

  /// - Parameter acceptsRenames: Whether to ignore the names that were pinned before the start.
  init(_ file: PinnedNamesFile, acceptsRenames: Bool, state: RulesState, logger: Logger) {
    self.file = file
    self.state = state
    self.logger = logger
    self.acceptsRenames = acceptsRenames
  }

  /// Resolves the names in rules. They are not pinned before `pin(_:renamed:)`.
  func resolve(
    _ names: ReferencedNames, _ context: BotContext, _ client: MattermostClient
  ) async throws(ServerLookupError) -> ResolvedNames {
    if bot == nil {
      do throws(PinnedNamesFileError) {
        pinned = acceptsRenames ? PinnedNames() : try file.read(bot: context.bot.id)
      } catch {
        throw .pinnedNames(error)
      }
      bot = context.bot
    }
    do throws(MattermostError) {
      return try await ResolvedNames(names, pinned: pinned, context, client)
    } catch {
      throw .server(error)
    }
  }

  /// Pins the names of rules that are in force from now on. The caller has reported the renames.
  func pin(_ names: PinnedNames, renamed: [RenamedEntity]) async {
    pin(names)
    self.renamed = renamed
    await state.record(renamed: renamed)
  }

  func pin(_ names: PinnedNames) {
    pinned = names
    _ = write()
  }

  /// Writes the pinned names, and returns whether that worked.
  private func write() -> Bool {
    guard let bot else { return false }
    do throws(PinnedNamesFileError) {
      try file.write(pinned, bot: bot.id, botName: bot.name)
      isUnwritten = false
    } catch {
      if !isUnwritten { logger.error("pinned names not saved", metadata: ["reason": "\(error)"]) }
      isUnwritten = true
    }
    return !isUnwritten
  }

  /// Restores the file if it was deleted: without it, the next start could resolve a name to another user.
  func restoreFileIfMissing() {
    guard bot != nil, !file.exists, write() else { return }
    logger.error(
      "the file of pinned names was deleted; it has been written again", metadata: ["path": "\(file.path)"])
  }

  /// Records the current names of users, channels or teams, and reports those that the rules know by another name.
  func record(current found: [(key: PinnedNames.Key, id: String)]) async {
    let names = Dictionary(found.map { ($0.id, $0.key.name) }, uniquingKeysWith: { $1 })
    let owners = Dictionary(found.map { ($0.key, $0.id) }, uniquingKeysWith: { $1 })
    var newest = renamed
    for (key, id) in pinned.ids {
      let now = names[id]
      let isTaken = owners[key].map { $0 != id } ?? false
      guard now != nil || isTaken else { continue }
      let index = newest.firstIndex { $0.role == key.role && $0.name == key.name && $0.id == id }
      var entry =
        index.map { newest.remove(at: $0) } ?? RenamedEntity(role: key.role, name: key.name, id: id, isTaken: false)
      // It has its old name again.
      if now == key.name { continue }
      if let now { entry.now = now }
      entry.isTaken = entry.isTaken || isTaken
      newest.append(entry)
    }
    await report(newest)
  }

  private func report(_ newest: [RenamedEntity]) async {
    guard newest != renamed else { return }
    for entry in newest where !renamed.contains(entry) {
      logger.warning("a name in the rules was renamed", metadata: ["details": "\(entry.description)"])
    }
    renamed = newest
    await state.record(renamed: newest)
  }
}
