import Core
import Logging
import MattermostIO
import Synchronization

/// Emoji on the posts that ask agents. They are never waited for, and left out while too many calls are in flight.
final class Reactions: Sendable {
  private let client: MattermostClient
  private let bot: BotIdentity
  /// Runs the calls, those about a post one after another.
  private let executor: KeyedSerialExecutor<String>
  /// Delays showing that an answer takes long.
  private let progress: DelayQueue
  private let logger: Logger
  /// The posts that get the emoji of an answer that takes long, if it does.
  private let expected = Mutex<[PostID: Expected]>([:])

  private struct Expected {
    let entry: DelayQueue.Entry
    /// True if the post may have the emoji already.
    let mayBeShown: Bool
  }

  /// The end of a turn, by the emoji's name.
  enum End: String {
    case answered = "white_check_mark"
    case failed = "x"
  }

  init(
    client: MattermostClient, bot: BotIdentity, executor: KeyedSerialExecutor<String>, progress: DelayQueue,
    logger: Logger
  ) {
    self.client = client
    self.bot = bot
    self.executor = executor
    self.progress = progress
    self.logger = logger
  }

  /// Shows that a post's answer takes long, unless its end comes before.
  ///
  /// - Parameter isResumed: whether the post may have the emoji already.
  func expect(_ post: PostID, isResumed: Bool) {
    expected.withLock { expected in
      guard expected[post] == nil else { return }
      let entry = progress.schedule { self.show(post) }
      expected[post] = Expected(entry: entry, mayBeShown: isResumed)
    }
  }

  private func show(_ post: PostID) {
    expected.withLock { expected in
      // Under the lock, so that an end that comes now is shown after it.
      guard expected.removeValue(forKey: post) != nil else { return }
      run(on: post) { await self.add(Self.eyes, to: post) }
    }
  }

  /// Shows how the turn of a post ended, and nothing else any more.
  ///
  /// - Parameter end: how the turn ended; `nil` if that is not shown.
  func end(_ post: PostID, as end: End? = nil) {
    expected.withLock { expected in
      let wasExpected = expected.removeValue(forKey: post)
      if let wasExpected { progress.cancel(wasExpected.entry) }
      let isShown = wasExpected?.mayBeShown ?? true
      guard isShown || end != nil else { return }
      // Whatever else is in flight: the emoji that is shown would be wrong from now on.
      executor.schedule(for: post.rawValue) { [self] in
        if let end { await add(end.rawValue, to: post) }
        if isShown { await remove(Self.eyes, from: post) }
      }
    }
  }

  /// Shows nothing any more on a post that is deleted.
  func forget(_ post: PostID) {
    expected.withLock { expected in
      if let known = expected.removeValue(forKey: post) { progress.cancel(known.entry) }
    }
  }

  /// Offers emoji to choose from, in this order.
  func offer(_ names: some Sequence<String> & Sendable, on post: PostID) {
    run(on: post) {
      for name in names { await self.add(name, to: post) }
    }
  }

  private static let eyes = "eyes"

  private func run(on post: PostID, _ calls: @escaping @Sendable () async -> Void) {
    if !executor.tryEnqueue(for: post.rawValue, calls) {
      logger.debug("reaction left out: too many calls in flight", metadata: ["post": "\(post)"])
    }
  }

  private func add(_ emoji: String, to post: PostID) async {
    do throws(MattermostError) {
      try await client.react(as: bot.id, to: post, with: emoji)
    } catch {
      logger.debug("reaction not added", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }

  private func remove(_ emoji: String, from post: PostID) async {
    do throws(MattermostError) {
      try await client.removeReaction(emoji, from: post, as: bot.id)
    } catch {
      logger.debug("reaction not removed", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }
}
