import AgentSessions
import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine

extension Ingest {
  /// Judges messages anew that wait and whose post was corrected by its author; false where none of them waits any more.
  func correct(
    _ waiting: [(claim: String, key: SessionKey)], of post: Post, in place: ChannelCache.Entry, by author: UserRecord,
    joined: Bool
  ) async -> Bool {
    var isCorrected = false
    for (claim, key) in waiting {
      let event = event(of: claim, as: post, in: place, by: author, joined: joined)
      if await correct(event, in: key) { isCorrected = true }
    }
    return isCorrected
  }

  /// Takes up a message that an earlier gateway left waiting, as its author has it by now.
  func takeUp(_ message: PendingMessage, as post: Post) async throws(MattermostError) {
    guard let turn = PendingTurn(payload: message.payload), !message.isAnswered,
      let asked = turn.target.asked, post.editAt > asked.milliseconds
    else { return await actions.resume(message) }
    let event = event(
      of: message.post, as: post, in: try await place(of: post), by: try await account(post.userID),
      joined: await hasJoined(post.rootID))
    _ = recent.meet(post.id)
    _ = recent.meet(post.edit)
    recent.note(event)
    logger.info("corrected while it waited", metadata: ["post": "\(message.post)"])
    actions.outcomes.record(.corrected, of: message.post)
    await decide(event, isClaimed: true, isWaiting: true)
  }

  /// What a claim is of, as its post is now: the post, or an edit of it.
  func event(
    of claim: String, as post: Post, in place: ChannelCache.Entry, by author: UserRecord, joined: Bool
  ) -> Event {
    guard let moment = claim.split(separator: "@").dropFirst().first else {
      return decoder.event(of: post, in: place.channel, team: place.team, userName: author.username, joined: joined)
        .written(by: author)
    }
    var event = decoder.event(
      ofEdited: post, in: place.channel, team: place.team, userName: author.username, joined: joined)
    // Edited once more meanwhile, it would have another claim.
    event.milliseconds = Int64(moment) ?? event.milliseconds
    return event.written(by: author)
  }

  private func correct(_ event: Event, in key: SessionKey) async -> Bool {
    let actions = actions
    let decision = actions.rules.decide(event)
    let turn = await actions.turn(of: decision, for: event, in: key)
    let correction = await actions.correct(event.claim, to: turn, in: key)
    guard correction != .tooLate else { return false }
    logger.info("corrected while it waited", metadata: ["post": "\(event.claim)"])
    actions.outcomes.record(.corrected, of: event.claim)
    recent.note(event)
    if correction == .corrected {
      await note(decision, event, actions)
    } else {
      await decide(event, isClaimed: true, isWaiting: true)
    }
    return true
  }

  /// The messages made of a post, or of edits of it, that may wait, and where.
  func waiting(_ post: String) async -> [(claim: String, key: SessionKey)] {
    var found: [(claim: String, key: SessionKey)] = []
    do throws(StoreError) {
      for message in try await actions.store.pending(of: post) {
        if let key = SessionKey(text: message.session) { found.append((message.post, key)) }
      }
    } catch {
      logger.error("edited post not looked up", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
    // It may be on its way to the store.
    if let key = recent[post]?.session, !found.contains(where: { $0.claim == post }) { found.append((post, key)) }
    return found
  }
}
