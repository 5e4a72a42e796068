import Logging
import MattermostIO

/// Quiet feedback: an emoji on the post that asks an agent. It is never waited for, and is left out where too much of it
/// is under way.
struct Reactions: Sendable {
  let client: MattermostClient
  let bot: BotIdentity
  /// The lanes of posts.
  let lanes: KeyedSerialExecutor
  let logger: Logger

  /// How it ended, by the emoji's name.
  enum End: String {
    case answered = "white_check_mark"
    case failed = "x"
  }

  /// An agent is going to be asked.
  func takenIn(_ post: String) async {
    await run(on: post) { () async throws(MattermostError) in
      try await client.react(as: bot.id, to: post, with: Self.eyes)
    }
  }

  /// Nothing more is done for it; nil where people ended it.
  func over(_ post: String, _ end: End?) async {
    await run(on: post) { () async throws(MattermostError) in
      if let end { try await client.react(as: bot.id, to: post, with: end.rawValue) }
      try await client.takeBack(Self.eyes, from: post, as: bot.id)
    }
  }

  /// Offers emoji to choose from, in this order.
  func offer(_ names: some Sequence<String> & Sendable, on post: String) async {
    await run(on: post) { () async throws(MattermostError) in
      for name in names { try await client.react(as: bot.id, to: post, with: name) }
    }
  }

  private static let eyes = "eyes"

  private func run(on post: String, _ calls: @escaping @Sendable () async throws(MattermostError) -> Void) async {
    let isRun = await lanes.runIfRoom(in: post) {
      do throws(MattermostError) {
        try await calls()
      } catch {
        logger.debug("no reaction", metadata: ["post": "\(post)", "reason": "\(error)"])
      }
    }
    if !isRun { logger.debug("no room for a reaction", metadata: ["post": "\(post)"]) }
  }
}
