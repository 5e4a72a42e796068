import ConfigLoader
import Core
import Logging
import MattermostIO
import Sessions

/// Posts that were claimed and not finished: by an earlier gateway or another one, or because the server did not answer.
final class UnfinishedPosts {
  private let builder: EventBuilder
  private let corrections: Corrections
  private let decider: Decider
  private let recent: RecentPosts
  private let deferred: DeferredPosts
  private let client: MattermostClient
  private let store: any SessionStore
  private let outcomes: OutcomeLog
  private let undecided: UndecidedClaims
  /// Posts that were edited while their messages waited for other gateways.
  private var editedElsewhere = FIFOCache<PostID, Void>(keeping: Limits.recentPostsMax)
  private var hasResumed = false
  /// The claims that other gateways have handed over, and when.
  private var handedOver: [Claim: ContinuousClock.Instant] = [:]
  private let logger: Logger

  init(
    builder: EventBuilder, corrections: Corrections, decider: Decider, recent: RecentPosts, deferred: DeferredPosts,
    client: MattermostClient, store: any SessionStore, outcomes: OutcomeLog, undecided: UndecidedClaims, logger: Logger
  ) {
    self.builder = builder
    self.corrections = corrections
    self.decider = decider
    self.recent = recent
    self.deferred = deferred
    self.client = client
    self.store = store
    self.outcomes = outcomes
    self.undecided = undecided
    self.logger = logger
  }

  var isEmpty: Bool { undecided.isEmpty }

  /// Records that a post was edited whose message waits for another gateway: it is looked up if this one takes over.
  func recordEditElsewhere(of post: PostID) { editedElsewhere[post] = () }

  /// Continues with the posts of an earlier gateway, or of another one, in their order. Those of an earlier one may have
  /// been edited or deleted since; of those of another one, this one has heard it.
  func resume(_ posts: [UnfinishedPost]) async {
    let isFirst = !hasResumed
    hasResumed = true
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
        guard isReachable, isFirst || editedElsewhere[message.claim.post] != nil else {
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
        if !isFirst { handedOver[claim] = .now }
        if isReachable {
          guard let obstacle = await decide(claim) else { continue }
          record(obstacle)
        }
        undecided.add([claim])
      }
    }
  }

  /// Decides the remaining claims, and returns whether none is left.
  func retry() async -> Bool {
    // A post that can never be read holds up no other; if the server does not answer at all, not all are tried.
    var failed: [Claim] = []
    var left = undecided.removeAll()[...]
    while failed.count < Limits.owedFailuresMax, let claim = left.popFirst() {
      guard let obstacle = await decide(claim) else { continue }
      failed.append(claim)
      if obstacle.affectsAll { break }
    }
    undecided.putBack(left + failed)
    return undecided.isEmpty
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
      let session = decider.session(of: event)
      // The store may have failed to claim it before.
      switch await decider.claim(event, of: session) {
      case .success(.elsewhere):
        handedOver[claim] = nil
        return nil
      case .success: break
      case .failure(let error):
        logger.error("post not claimed", metadata: ["post": "\(claim)", "reason": "\(error)"])
        if error.leavesPostUnread { return .store }
      }
      // Ends the earlier record of the post in the journal.
      outcomes.record(.decidedAgain, of: claim)
      // What an earlier gateway accepted is answered, however old it is.
      let isLate = handedOver.removeValue(forKey: claim) != nil && event.milliseconds < decider.oldestAnswered
      await decider.decide(event, .claimed(in: session, isLate: isLate), after: deferred.remove(claim))
      return nil
    } catch {
      // Another gateway has seen it, perhaps before all of the server's databases have it.
      if error.isNotFound, let since = handedOver[claim], ContinuousClock.now - since < Limits.handedPostWait,
        !decider.dispatcher.deletedPosts.contains(claim.post)
      {
        return .server(error)
      }
      guard error.isInaccessible || error.code == .unreadable else {
        logger.warning("claimed post not read yet", metadata: ["post": "\(claim)", "reason": "\(error)"])
        return .server(error)
      }
      handedOver[claim] = nil
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
