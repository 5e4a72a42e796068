import ConfigLoader
import Logging
import MattermostIO
import RuleEngine

/// Keeps what the names in the rules stand for, over renames and restarts, and says where names have moved.
actor NameKeeper {
  private let client: MattermostClient
  private let file: NameFile
  private let state: RulesState
  private let logger: Logger
  /// The bot whose server it is, once it is known.
  private var bot: String?
  private var kept = NameIDs()
  private var moved: [MovedName] = []
  private let isForgetful: Bool
  private let changes = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(Limits.channelsAsked))

  /// - Parameter acceptsRenames: whether what was kept before the start counts for nothing.
  init(_ client: MattermostClient, _ file: NameFile, acceptsRenames: Bool, state: RulesState, logger: Logger) {
    self.client = client
    self.file = file
    self.state = state
    self.logger = logger
    isForgetful = acceptsRenames
  }

  /// Looks up the names of rules; nothing is kept of it before `use`.
  func resolve(_ names: ReferencedNames, _ around: Surroundings) async throws(GatewayError) -> ResolvedNames {
    if bot == nil {
      do throws(NameFileProblem) {
        kept = isForgetful ? NameIDs() : try file.read(bot: around.bot.id)
      } catch {
        throw .names(error)
      }
      bot = around.bot.id
    }
    do throws(MattermostError) {
      return try await ResolvedNames(names, kept: kept, around, client)
    } catch {
      throw .mattermost(error)
    }
  }

  /// From here on the rules in force are those that these names belong to.
  func use(_ resolved: ResolvedNames) async {
    kept = resolved.ids
    await tell(resolved.moved)
    guard let bot else { return }
    do throws(NameFileProblem) {
      try file.write(kept, bot: bot)
    } catch {
      logger.error("names not kept", metadata: ["reason": "\(error)"])
    }
  }

  /// Takes in what the server says of names; of a channel only that it changed, so that one is asked for. Most events say
  /// nothing of names, and do not wait.
  nonisolated func hear(_ event: ServerEvent) async {
    switch event {
    case .userUpdated(let id, let name): await note(id, .user, name)
    case .teamUpdated(let id, let name): await note(id, .team, name)
    case .channelChanged(let id): await noteChange(ofChannel: id)
    default: break
    }
  }

  private func noteChange(ofChannel id: String) {
    if kept.ids.contains(where: { $0.key.role == .channel && $0.value == id }) { changes.continuation.yield(id) }
  }

  /// Asks for the names of channels that have changed, beside the way of messages, until the task is cancelled.
  func run() async {
    for await id in changes.stream {
      do throws(MattermostError) {
        await note(id, .channel, try await client.channel(id).name)
      } catch {
        logger.debug("changed channel not looked up", metadata: ["channel": "\(id)", "reason": "\(error)"])
      }
    }
  }

  /// Notes that something is called so now.
  private func note(_ id: String, _ role: NameRole, _ name: String) async {
    guard !name.isEmpty else { return }
    var newest = moved
    for (key, meant) in kept.ids where key.role == role {
      let known = newest.firstIndex { $0.role == role && $0.name == key.name && $0.id == meant }
      if meant == id, key.name == name {
        // It has its name back.
        if let known { newest.remove(at: known) }
      } else if meant == id || key.name == name && role != .channel {
        var entry =
          known.map { newest.remove(at: $0) } ?? MovedName(role: role, name: key.name, id: meant, isTaken: false)
        if meant == id { entry.now = name } else { entry.isTaken = true }
        newest.append(entry)
      }
    }
    await tell(newest)
  }

  private func tell(_ newest: [MovedName]) async {
    for entry in newest where !moved.contains(entry) {
      logger.warning("a name in the rules has moved", metadata: ["news": "\(NameTexts.moved(entry))"])
    }
    moved = newest
    await state.note(moved: newest)
  }
}
