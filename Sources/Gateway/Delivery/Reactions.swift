import Core
import Logging
import MattermostIO

/// Emoji on the posts that ask agents. They are never waited for, and left out while too many calls are in flight.
struct Reactions: Sendable {
  let client: MattermostClient
  let bot: BotIdentity
  /// Runs the calls, those about a post one after another.
  let executor: KeyedSerialExecutor<String>
  let logger: Logger

  /// The end of a turn, by the emoji's name.
  enum End: String {
    case answered = "white_check_mark"
    case failed = "x"
  }

  /// Shows that an agent is going to be asked.
  func accept(_ post: PostID) {
    run(on: post) { () async throws(MattermostError) in
      try await client.react(as: bot.id, to: post, with: Self.eyes)
    }
  }

  /// Replaces the emoji of a post that is being answered.
  ///
  /// - Parameter end: how the turn ended; `nil` if people ended it, or none was begun.
  func replace(_ post: PostID, by end: End?) {
    run(on: post) { () async throws(MattermostError) in
      if let end { try await client.react(as: bot.id, to: post, with: end.rawValue) }
      try await client.removeReaction(Self.eyes, from: post, as: bot.id)
    }
  }

  /// Removes the emoji of a post that is not answered.
  func clear(_ post: PostID) { replace(post, by: nil) }

  /// Offers emoji to choose from, in this order.
  func offer(_ names: some Sequence<String> & Sendable, on post: PostID) {
    run(on: post) { () async throws(MattermostError) in
      for name in names { try await client.react(as: bot.id, to: post, with: name) }
    }
  }

  private static let eyes = "eyes"

  private func run(on post: PostID, _ calls: @escaping @Sendable () async throws(MattermostError) -> Void) {
    let isRun = executor.tryEnqueue(for: post.rawValue) {
      do throws(MattermostError) {
        try await calls()
      } catch {
        logger.debug("reaction not added", metadata: ["post": "\(post)", "reason": "\(error)"])
      }
    }
    if !isRun { logger.debug("reaction left out: too many calls in flight", metadata: ["post": "\(post)"]) }
  }
}
