import AgentSessions
import ConfigLoader
import Core
import Logging
import MattermostIO

/// The sending of one reply, from the first part that is not out yet.
///
/// Trouble that may pass is waited out, for as long as the task is not cancelled: a reply is not thrown away. It never goes
/// to more people than could read what it answers: where it cannot be posted there, its asker gets it in a direct message.
struct ReplyDelivery {
  private let poster: Outbox
  private let reply: Reply
  private let voice: Outbox.Voice
  private var target: ReplyTarget
  private var parts: [ReplyChunk]
  /// How many posts are out.
  private(set) var count: Int
  private var part: ReplyChunk
  private var place: PostState
  /// What is known of the posts of the first parts, if they have grown.
  private let grown: [PostState]
  /// Whether what it answers may have been deleted unheard: while the gateway did not run, or the server could not be
  /// reached.
  private var mayBeLate: Bool
  /// What the server says is missing, and has to be looked up before the next try.
  private var doubt: (missing: PostFailure.Missing, error: MattermostError)?
  /// What is said instead of it, where it was asked for and to its asker alone.
  private var notices: (here: FailureNotice, direct: FailureNotice)?

  /// Gets ready to send; nil where all of it is out.
  ///
  /// - Parameter places: what is known of the posts of the first parts, if they have grown.
  init?(_ reply: Reply, to target: ReplyTarget, in voice: Outbox.Voice, by poster: Outbox, places: [PostState]) {
    self.poster = poster
    self.reply = reply
    self.voice = voice
    self.target = target
    mayBeLate = reply.isResumed
    parts = ReplyChunk.parts(of: reply, to: target, in: voice, by: poster)
    count = reply.partsPosted
    guard count < parts.count else { return nil }
    part = parts[count]
    // Those of files are no parts that grow.
    grown = Array(places.prefix(parts.count { $0.files.isEmpty }))
    place = grown.indices.contains(count) ? grown[count] : reply.isResumed ? .unsure : .nowhere
  }

  /// Sends what is left.
  mutating func run() async -> Delivery {
    while true {
      let wasNoted: Bool
      switch await sendPart() {
      case .out(let isNews): wasNoted = isNews
      case .over(let delivery): return delivery
      }
      guard count < parts.count else { return .posted }
      part = parts[count]
      // If one was out that nobody had noted, or an earlier gateway had several of them grow, the next may be out.
      place = grown.indices.contains(count) ? grown[count] : wasNoted && !reply.isResumed ? .nowhere : .unsure
    }
  }

  private enum Sent {
    /// It is out; whether it was not before.
    case out(isNews: Bool)
    case over(Delivery)
  }

  private mutating func sendPart() async -> Sent {
    var pause = poster.rhythm.deliveryPauseFirst
    var tries = FailureCount()
    var isTold = false
    while !Task.isCancelled {
      do throws(MattermostError) {
        target = try await poster.located(target)
        if let deletion = try await deletion() { return .over(.deleted(deletion)) }
        if let delivery = try await clearDoubt() { return .over(delivery) }
        // Refused once more, it is at fault itself only where others pass.
        if tries.isNextLast { _ = try await poster.client.channel(target.channel) }
        guard let isNews = try await attempt() else { return .over(.deleted(.answer(to: reply.id))) }
        if isTold { await takeNoticesBack() }
        return .out(isNews: isNews)
      } catch {
        let refusal = PostFailure(error, in: target, at: place)
        let metadata = facts(error)
        switch refusal {
        case .final where hasOtherWay(than: error):
          poster.logger.warning("sent another way", metadata: metadata)
          continue
        case .final: return .over(await refused(for: error))
        case .doubtful(let missing): doubt = (missing, error)
        case .passing:
          if place == .nowhere, error.mayHaveSucceeded { place = .unsure }
          mayBeLate = true
        }
        poster.logger.warning("not posted yet", metadata: metadata)
        if tries.count(error, refusal) {
          // It is refused while another post is taken.
          if isTold { return .over(refusedAgain(for: error)) }
          switch await tell(of: error) {
          case .here: isTold = true
          case .elsewhere: return .over(refusedAgain(for: error))
          case .nowhere: break
          }
          if isTold { continue }
        }
        do { try await Task.sleep(for: pause * .random(in: 0.5...1)) } catch { return .over(.later) }
        pause = min(pause * 2, poster.rhythm.deliveryPauseMax)
      }
    }
    return .over(.later)
  }

  /// The deletion of what it answers; nil where that is there, for all that is known.
  private mutating func deletion() async throws(MattermostError) -> Deletion? {
    // What tells of it in a direct message is said all the same.
    guard target.recipient == nil else { return nil }
    if let post = poster.deleted.post(in: target) { return .message(post) }
    guard mayBeLate else { return nil }
    let deletion = try await poster.deletion(in: target)
    mayBeLate = false
    return deletion
  }

  /// Posts the part, or finds it, and returns whether it was not there; nil where it was deleted.
  private mutating func attempt() async throws(MattermostError) -> Bool? {
    let isSought = place == .unsure
    if isSought { place = try await poster.find(part, in: target) }
    if place == .deleted { return nil }
    let isNews = !isSought || place == .nowhere
    await note(try await poster.put(&part, place, in: target))
    return isNews
  }

  /// Looks up what the server says is missing. Nil where the post can be tried again; else how the reply ends.
  private mutating func clearDoubt() async throws(MattermostError) -> Delivery? {
    guard let (missing, error) = doubt else { return nil }
    switch missing {
    case .root:
      guard let root = try await poster.root(of: target) else { return await threadGone() }
      target.root = root
    case .channel:
      guard try await poster.isOpen(target.channel) else { return await refused(for: error) }
    case .post:
      guard case .at(let post, _) = place, try await poster.existing(post) == nil else {
        // It may no longer be edited: another takes its place.
        part.mark += "+"
        place = .unsure
        break
      }
      if target.root != nil, try await poster.root(of: target) == nil { return await threadGone() }
      // Whoever deleted the answer wants none.
      poster.logger.notice("answer deleted, so not posted again", metadata: ["part": "\(part.mark)"])
      return .deleted(.answer(to: reply.id))
    }
    doubt = nil
    return nil
  }

  private func threadGone() async -> Delivery {
    poster.logger.error("not posted: its thread is gone", metadata: facts())
    poster.outcomes.record(.dropped(.threadGone), ofReply: reply.id)
    await poster.tellAsker(of: target, CommandTexts.threadGone(in: target.asked?.shownChannelName), with: reply)
    return .refused
  }

  /// Ends a reply that Mattermost will never take.
  private mutating func refused(for error: MattermostError) async -> Delivery {
    poster.logger.error("not posted, for good", metadata: facts(error))
    poster.outcomes.record(.dropped(.refused, status: error.status), ofReply: reply.id)
    await poster.tellAsker(
      of: target,
      CommandTexts.cannotPost(in: target.asked?.shownChannelName, why: error.serverMessage), with: reply)
    // What is not taken in its asker's direct channel can be told of there.
    if target.recipient != nil { _ = await tell(of: error) }
    return .refused
  }

  private func refusedAgain(for error: MattermostError) -> Delivery {
    poster.logger.error(
      "not posted, for good: refused again and again", metadata: facts(error))
    poster.outcomes.record(.dropped(.givenUp, status: error.status), ofReply: reply.id)
    return .refused
  }

  /// What came of saying that a reply cannot be posted.
  private enum Told {
    /// It was posted: others are taken, so that one more try shows whether the reply is at fault.
    case here
    /// Nothing is left to do: the asker gets the reply itself, or nobody can be told.
    case elsewhere
    /// Not even that was taken: nothing says that the reply is at fault.
    case nowhere
  }

  /// Says that the reply cannot be posted: where it was asked for or, where nothing is taken there, to its asker. Where a program
  /// asked, which is told nothing, a filter's word has to do.
  private mutating func tell(of error: MattermostError) async -> Told {
    if notices == nil { notices = notices(for: error) }
    let refusal: MattermostError
    do throws(MattermostError) {
      try await notices?.here.post(to: target, by: poster)
      return .here
    } catch {
      refusal = error
    }
    poster.logger.warning("refusal not told of", metadata: facts(refusal))
    switch PostFailure(refusal, in: target, at: .nowhere) {
    case .final, .doubtful:
      await poster.tellAsker(
        of: target,
        CommandTexts.cannotPost(in: target.asked?.shownChannelName, why: refusal.serverMessage), with: reply)
      return .elsewhere
    case .passing:
      guard let direct = target.direct else {
        return refusal.refusesPost && refusal.code != .serverFailed ? .elsewhere : .nowhere
      }
      do throws(MattermostError) {
        try await notices?.direct.post(to: try await poster.located(direct), by: poster)
        return .here
      } catch {
        poster.logger.warning("asker not told yet", metadata: facts(error))
        return .nowhere
      }
    }
  }

  /// The reply was taken after all.
  private mutating func takeNoticesBack() async {
    await notices?.here.takeBack(by: poster)
    await notices?.direct.takeBack(by: poster)
    notices = nil
  }

  private func notices(for error: MattermostError) -> (here: FailureNotice, direct: FailureNotice) {
    let text = CommandTexts.unpostable(isRest: count > 0, status: error.status)
    return (
      FailureNotice(target.opened(text), named: "\(reply.id)-unpostable", isResumed: reply.isResumed),
      FailureNotice(text, named: Outbox.refused(reply), isResumed: reply.isResumed)
    )
  }

  /// Which part it is, and where it is to go.
  private func facts(_ reason: (any Error)? = nil) -> Logger.Metadata {
    var facts: Logger.Metadata = [
      "part": "\(part.mark)", "channel": "\(target.asked?.shownChannelName ?? target.channel)",
    ]
    if let asker = target.asked?.asker { facts["user_id"] = "\(asker)" }
    if let reason { facts["reason"] = "\(reason)" }
    return facts
  }

  /// Turns to another way of saying the part where there is one.
  private mutating func hasOtherWay(than error: MattermostError) -> Bool {
    guard error.isAboutFile else { return false }
    // Where no file can be uploaded, all of it is posts.
    parts = ReplyChunk.parts(of: reply, to: target, in: voice, by: poster, partsMax: .max)
    part = parts[count]
    place = reply.isResumed ? .unsure : .nowhere
    return true
  }

  private mutating func note(_ posted: String) async {
    count += 1
    // Posts in the place of a file are not counted, or ten of them would look like all of it after a restart.
    let isAll = count == parts.count
    do {
      try await poster.store.recordPosted(
        parts: isAll ? count : min(count, Limits.partsMax - 1), of: reply.id, inThread: target.root ?? posted,
        at: poster.client.clock.now)
    } catch {
      poster.logger.error("posted part not noted", metadata: ["part": "\(part.mark)", "reason": "\(error)"])
    }
  }
}

extension ReplyTarget.Asked {
  /// The channel's name; `nil` if people do not know it by that.
  var shownChannelName: String? { channelName.isEmpty || channelName.isChannelNameOfIDs ? nil : channelName }
}
