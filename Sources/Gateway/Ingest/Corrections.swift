import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine
import Sessions

/// Applies edits to messages that still wait for their turn.
final class Corrections {
  private let builder: EventBuilder
  private let decider: Decider
  private let recent: RecentPosts
  private let store: any SessionStore
  private let outcomes: OutcomeLog
  private let logger: Logger

  init(
    builder: EventBuilder, decider: Decider, recent: RecentPosts, store: any SessionStore, outcomes: OutcomeLog,
    logger: Logger
  ) {
    self.builder = builder
    self.decider = decider
    self.recent = recent
    self.store = store
    self.outcomes = outcomes
    self.logger = logger
  }

  /// A message that may wait.
  struct WaitingMessage {
    let claim: Claim
    /// The conversation that it is in.
    let key: SessionKey
    /// True if it is another gateway's, which applies the edit.
    let isElsewhere: Bool
  }

  /// Returns the messages of a post, and of its edits, that may wait.
  func waitingMessages(of post: PostID) async -> [WaitingMessage] {
    var found: [WaitingMessage] = []
    do throws(StoreError) {
      for message in try await store.pending(of: post) {
        guard let key = SessionKey(text: message.session) else { continue }
        found.append(WaitingMessage(claim: message.claim, key: key, isElsewhere: message.isElsewhere))
      }
    } catch {
      logger.error("messages of an edited post not looked up", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
    // It may not be in the store yet.
    let claim = Claim(post: post)
    if let key = recent[post]?.session, !found.contains(where: { $0.claim == claim }) {
      found.append(WaitingMessage(claim: claim, key: key, isElsewhere: false))
    }
    return found
  }

  /// Applies an edit to the messages that wait for this gateway.
  ///
  /// - Returns: False if none of them waits any more, for any gateway.
  func apply(
    _ post: Post, to messages: [WaitingMessage], in location: EventBuilder.Location, by author: UserRecord, joined: Bool
  ) async -> Bool {
    var isApplied = messages.contains(where: \.isElsewhere)
    for message in messages where !message.isElsewhere {
      let event = builder.event(of: message.claim, as: post, in: location, by: author, joined: joined)
      if await apply(event, in: message.key) { isApplied = true }
    }
    return isApplied
  }

  private func apply(_ event: Event, in key: SessionKey) async -> Bool {
    let dispatcher = decider.dispatcher
    let decision = dispatcher.rules.decide(event)
    let turn = await dispatcher.turn(of: decision, for: event, in: key)
    let result = await dispatcher.correct(event.claim, to: turn, in: key)
    guard result != .tooLate else { return false }
    recordEdit(of: event)
    if result == .corrected {
      await decider.record(decision, of: event, dispatcher)
    } else {
      await decider.decide(event, .edited)
    }
    return true
  }

  /// Continues with a message that an earlier gateway left waiting, with an edit that was made since.
  func resume(_ message: PendingMessage, as post: Post) async throws(MattermostError) {
    guard let turn = PendingTurn(payload: message.payload), !message.isAnswered,
      let question = turn.target.question, post.editAt > question.milliseconds
    else { return await decider.dispatcher.resume(message) }
    let event = try await builder.event(of: message.claim, as: post)
    _ = recent.insert(post.claim)
    _ = recent.insert(post.edit)
    recordEdit(of: event)
    await decider.decide(event, .edited)
  }

  private func recordEdit(of event: Event) {
    logger.info("waiting message edited", metadata: ["post": "\(event.claim)"])
    outcomes.record(.corrected, of: event.claim)
    recent.record(event)
  }
}
