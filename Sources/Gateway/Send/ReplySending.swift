import AgentSessions
import Logging
import MattermostIO

/// The sending of one reply, from the first part that is not out yet.
///
/// Trouble that may pass is waited out, for as long as the task is not cancelled: a reply is not thrown away.
struct ReplySending {
  private let poster: Poster
  private let reply: Reply
  private let voice: Poster.Voice
  private var target: ReplyTarget
  private var parts: [ReplyPart]
  /// How many posts are out.
  private var count: Int
  private var part: ReplyPart
  private var place: Whereabouts
  private var isRootWrong = false
  /// Whether what it answers may have been deleted unheard: while the gateway did not run, or the server could not be
  /// reached.
  private var mayBeLate: Bool

  /// Gets ready to send; nil where all of it is out.
  ///
  /// - Parameter place: what is known of the first part's post, where it has grown.
  init?(_ reply: Reply, to target: ReplyTarget, in voice: Poster.Voice, by poster: Poster, place: Whereabouts?) {
    self.poster = poster
    self.reply = reply
    self.voice = voice
    self.target = target
    mayBeLate = reply.isResumed
    parts = ReplyPart.parts(of: reply, to: target, in: voice, by: poster)
    count = reply.partsPosted
    guard count < parts.count else { return nil }
    part = parts[count]
    self.place = place ?? (reply.isResumed ? .unsure : .nowhere)
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
      // Where one was out that nobody had noted, the next may be.
      place = wasNoted ? .nowhere : .unsure
    }
  }

  private enum Sent {
    /// It is out; whether it was not before.
    case out(isNews: Bool)
    case over(Delivery)
  }

  private mutating func sendPart() async -> Sent {
    var pause = Limits.deliveryPauseFirst
    while !Task.isCancelled {
      do throws(MattermostError) {
        if let deletion = try await deletion() { return .over(.deleted(deletion)) }
        if place == .deleted { return .over(.deleted(.answer(to: reply.id))) }
        if isRootWrong { target.root = try await poster.rightRoot(of: target) }
        isRootWrong = false
        let isSought = place == .unsure
        if isSought { place = try await poster.find(part, in: target) }
        if place == .deleted { continue }
        let isNews = !isSought || place == .nowhere
        await note(try await poster.put(&part, place, in: target))
        return .out(isNews: isNews)
      } catch {
        let metadata: Logger.Metadata = ["part": "\(part.mark)", "reason": "\(error)"]
        if await poster.isDeleted(place, asToldBy: error) {
          place = .deleted
          continue
        }
        switch Refusal(error, target: target) {
        case .passing:
          if place == .nowhere, error.mayBeTaken { place = .unsure }
          mayBeLate = true
          poster.logger.warning("not posted yet", metadata: metadata)
          do { try await Task.sleep(for: pause * .random(in: 0.5...1)) } catch { return .over(.later) }
          pause = min(pause * 2, Limits.deliveryPauseMax)
        case .wrongRoot:
          poster.logger.warning("the thread to answer in is gone", metadata: metadata)
          isRootWrong = true
        case .final where hasOtherWay(than: error):
          poster.logger.warning("sent another way", metadata: metadata)
        case .final:
          poster.logger.error("not posted, for good", metadata: metadata)
          await poster.tellAsker(of: target, that: error, keeps: reply)
          return .over(.refused)
        }
      }
    }
    return .over(.later)
  }

  /// The deletion of what it answers; nil where that is there, for all that is known.
  private mutating func deletion() async throws(MattermostError) -> Deletion? {
    if let post = poster.deleted.post(in: target) { return .message(post) }
    guard mayBeLate else { return nil }
    let deletion = try await poster.deletion(in: target)
    mayBeLate = false
    return deletion
  }

  /// Turns to another way of saying the part where there is one.
  private mutating func hasOtherWay(than error: MattermostError) -> Bool {
    if case .at = place {
      // The post may no longer be edited: another takes its place.
      part.mark += "+"
      place = .unsure
      return true
    }
    guard error.isAboutFile else { return false }
    // Where no file can be uploaded, all of it is posts.
    parts = ReplyPart.parts(of: reply, to: target, in: voice, by: poster, partsMax: .max)
    part = parts[count]
    place = reply.isResumed ? .unsure : .nowhere
    return true
  }

  private mutating func note(_ posted: String) async {
    count += 1
    // Posts in the place of a file are not counted, or ten of them would look like all of it after a restart.
    let isAll = count == parts.count
    do {
      try await poster.store.notePosted(
        parts: isAll ? count : min(count, Limits.partsMax - 1), of: reply.id, inThread: target.root ?? posted,
        at: poster.client.clock.now)
    } catch {
      poster.logger.error("posted part not noted", metadata: ["part": "\(part.mark)", "reason": "\(error)"])
    }
  }
}
