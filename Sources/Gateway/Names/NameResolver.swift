import ConfigLoader
import Logging
import MattermostIO
import RuleEngine

/// Keeps what the names in the rules stand for, over renames and restarts, and says where names have moved.
actor NameResolver {
  private let file: PinnedNamesFile
  private let state: RulesState
  private let logger: Logger
  private let isForgetful: Bool
  /// The bot whose server it is, once it is known.
  private var bot: BotIdentity?
  private var kept = PinnedNames()
  private var moved: [RenamedEntity] = []
  /// Whether the file could not be written when that was tried last.
  private var isUnwritten = false

  /// - Parameter acceptsRenames: whether what was kept before the start counts for nothing.
  init(_ file: PinnedNamesFile, acceptsRenames: Bool, state: RulesState, logger: Logger) {
    self.file = file
    self.state = state
    self.logger = logger
    isForgetful = acceptsRenames
  }

  /// Looks up the names of rules; nothing is kept of it before `use`.
  func resolve(
    _ names: ReferencedNames, _ around: BotContext, _ client: MattermostClient
  ) async throws(GatewayError) -> ResolvedNames {
    if bot == nil {
      do throws(PinnedNamesFileError) {
        kept = isForgetful ? PinnedNames() : try file.read(bot: around.bot.id)
      } catch {
        throw .names(error)
      }
      bot = around.bot
    }
    do throws(MattermostError) {
      return try await ResolvedNames(names, kept: kept, around, client)
    } catch {
      throw .mattermost(error)
    }
  }

  /// From here on the rules in force are those that these names belong to. Of those that have moved, whoever takes the
  /// rules over tells.
  func use(_ names: PinnedNames, moved: [RenamedEntity]) async {
    keep(names)
    self.moved = moved
    await state.note(moved: moved)
  }

  /// Keeps what the names of the rules in force stand for.
  func keep(_ names: PinnedNames) {
    kept = names
    _ = write()
  }

  /// Writes what is kept, and returns whether that worked.
  private func write() -> Bool {
    guard let bot else { return false }
    do throws(PinnedNamesFileError) {
      try file.write(kept, bot: bot.id, botName: bot.name)
      isUnwritten = false
    } catch {
      if !isUnwritten { logger.error("names not kept", metadata: ["reason": "\(error)"]) }
      isUnwritten = true
    }
    return !isUnwritten
  }

  /// Writes the file again if somebody deleted it: at the next start, a name might be another's.
  func keepIfMissing() {
    guard bot != nil, !file.isThere, write() else { return }
    logger.error(
      "the file of the names' ids was deleted; it has been written again", metadata: ["path": "\(file.path)"])
  }

  /// Takes in what some users, channels or teams are called now, as far as the rules' names are about them.
  func note(_ found: [(key: PinnedNames.Key, id: String)]) async {
    let current = Dictionary(found.map { ($0.id, $0.key.name) }, uniquingKeysWith: { $1 })
    let bearers = Dictionary(found.map { ($0.key, $0.id) }, uniquingKeysWith: { $1 })
    var newest = moved
    for (key, meant) in kept.ids {
      let now = current[meant]
      let isTaken = bearers[key].map { $0 != meant } ?? false
      guard now != nil || isTaken else { continue }
      let index = newest.firstIndex { $0.role == key.role && $0.name == key.name && $0.id == meant }
      var entry =
        index.map { newest.remove(at: $0) } ?? RenamedEntity(role: key.role, name: key.name, id: meant, isTaken: false)
      // It has its name back.
      if now == key.name { continue }
      if let now { entry.now = now }
      entry.isTaken = entry.isTaken || isTaken
      newest.append(entry)
    }
    await tell(newest)
  }

  private func tell(_ newest: [RenamedEntity]) async {
    guard newest != moved else { return }
    for entry in newest where !moved.contains(entry) {
      logger.warning("a name in the rules has moved", metadata: ["news": "\(NameTexts.moved(entry))"])
    }
    moved = newest
    await state.note(moved: newest)
  }
}
