import ConfigLoader
import Core
import Logging
import MattermostIO
import Sessions

/// Posts that were claimed and not finished: by an earlier gateway, or because the server did not answer.
final class UnfinishedPosts {
  private let builder: EventBuilder
  private let corrections: Corrections
  private let decider: Decider
  private let recent: RecentPosts
  private let client: MattermostClient
  private let store: any SessionStore
  private let outcomes: OutcomeLog
  /// Starts a pass of the backfill.
  private let wakeUp: WakeableSleep
  private let logger: Logger
  /// Claims that still have to be decided.
  private var claims: [Claim] = []

  init(
    builder: EventBuilder, corrections: Corrections, decider: Decider, recent: RecentPosts, client: MattermostClient,
    store: any SessionStore, outcomes: OutcomeLog, wakeUp: WakeableSleep, logger: Logger
  ) {
    self.builder = builder
    self.corrections = corrections
    self.decider = decider
    self.recent = recent
    self.client = client
    self.store = store
    self.outcomes = outcomes
    self.wakeUp = wakeUp
    self.logger = logger
  }

  var isEmpty: Bool { claims.isEmpty }

  /// Adds claims, and starts a pass that decides them.
  func add(_ new: [Claim]) {
    claims += new
    wakeUp.wake()
  }

  /// Continues with the posts of an earlier gateway, in their order.
  func resume(_ posts: [UnfinishedPost]) async {
    // After a failure that is the server's, further requests would only cost time.
    var isReachable = true
    var failures = 0
    func record(_ obstacle: Obstacle) {
      failures += 1
      isReachable = !obstacle.affectsAll && failures < Limits.owedFailuresMax
    }
    for post in posts {
      switch post {
      case .waiting(let message):
        guard isReachable else {
          await decider.dispatcher.resume(message)
          continue
        }
        do throws(MattermostError) {
          try await corrections.resume(message, as: try await self.post(of: message.claim))
        } catch {
          if error.isNotFound {
            await drop(message, error)
          } else {
            record(.server(error))
            await decider.dispatcher.resume(message)
          }
        }
      case .claimed(let claim):
        if isReachable {
          guard let obstacle = await decide(claim) else { continue }
          record(obstacle)
        }
        claims.append(claim)
      }
    }
  }

  /// Decides the remaining claims, and returns whether none is left.
  func retry() async -> Bool {
    // A post that can never be read holds up no other; if the server does not answer at all, not all are tried.
    var failed: [Claim] = []
    while !claims.isEmpty, failed.count < Limits.owedFailuresMax {
      let claim = claims.removeFirst()
      guard let obstacle = await decide(claim) else { continue }
      failed.append(claim)
      if obstacle.affectsAll { break }
    }
    claims += failed
    return claims.isEmpty
  }

  /// The reason why a claimed post could not be decided yet.
  private enum Obstacle {
    /// The server did not return it.
    case server(MattermostError)
    /// The store may not be changed, or cannot be.
    case store

    /// True if other posts will meet it, too.
    var affectsAll: Bool {
      switch self {
      case .server(let error): error.affectsAllRequests
      case .store: true
      }
    }
  }

  /// Decides a claimed post, as it is now. Returns why it could not, or `nil` if it is done.
  private func decide(_ claim: Claim) async -> Obstacle? {
    do throws(MattermostError) {
      let event = try await builder.event(of: claim, as: try await post(of: claim))
      if !event.isEdit { _ = recent.insert(event.claim) }
      recent.record(event)
      // The store may have failed to claim it before.
      do throws(StoreError) {
        _ = try await store.claim(claim, at: client.clock.now)
      } catch {
        logger.error("post not claimed", metadata: ["post": "\(claim)", "reason": "\(error)"])
        if error.leavesPostUnread { return .store }
      }
      // Ends the earlier record of the post in the journal.
      outcomes.record(.decidedAgain, of: claim)
      await decider.decide(event, .claimed)
      return nil
    } catch {
      guard error.isInaccessible || error.code == .unreadable else {
        logger.warning("claimed post not read yet", metadata: ["post": "\(claim)", "reason": "\(error)"])
        return .server(error)
      }
      await drop(claim, error)
      return nil
    }
  }

  private func post(of claim: Claim) async throws(MattermostError) -> Post {
    try await client.post(claim.post)
  }

  /// Drops a message whose post was deleted, and removes it from its conversation.
  private func drop(_ message: PendingMessage, _ error: MattermostError) async {
    logger.notice("post was deleted, so not answered", metadata: ["post": "\(message.claim)", "reason": "\(error)"])
    outcomes.record(.dropped(.gone), of: message.claim)
    let key = SessionKey(text: message.session)
    await decider.dispatcher.withdraw(
      .message(message.claim.post), from: Set([key].compactMap(\.self)))
  }

  private func drop(_ claim: Claim, _ error: MattermostError) async {
    logger.notice(
      "post was deleted or cannot be read, so not answered", metadata: ["post": "\(claim)", "reason": "\(error)"])
    outcomes.record(.dropped(.gone), of: claim)
    await decider.dispatcher.finish(claim)
  }
}
