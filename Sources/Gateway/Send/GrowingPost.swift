import AgentSessions
import Logging
import MattermostIO
import Vocabulary

/// The post in which an answer grows while the agent writes it.
///
/// It shows the first part of the answer; what is more follows when the answer is complete. Its calls are made one after
/// the other, and each is over before the answer is posted.
actor GrowingPost {
  /// Where the post is. One that was begun before a restart is looked for and goes on growing.
  private(set) var place: Whereabouts
  private let poster: Poster
  private let target: ReplyTarget
  private let reply: String

  /// The first post of the reply `reply`.
  init(of reply: String, to target: ReplyTarget, by poster: Poster, isResumed: Bool) {
    self.reply = reply
    self.target = target
    self.poster = poster
    place = isResumed ? .unsure : .nowhere
  }

  /// Shows what there is of the answer, again and again, until the task is cancelled or the first part is full.
  func follow(_ answer: CollectedAnswer) async {
    var pause = Limits.editPauseFirst
    if place == .unsure { await look() }
    // What an earlier gateway showed stays until there is as much of the new answer: nobody reads a text that shrinks.
    let least = if case .at(_, let text) = place { text.unicodeScalars.count } else { 0 }
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      guard let text = await answer.text else { continue }
      let parts = poster.parts(of: text, to: target, in: .agent).posts
      guard let first = parts.first, parts.count > 1 || first.unicodeScalars.count >= least else { continue }
      // What was stopped, or whose question was deleted, is not shown.
      if Task.isCancelled || place == .deleted || poster.deleted.post(in: target) != nil { return }
      // In a task of its own: cancelled in the middle, nobody would know whether the post was made.
      let isShown = await Task { await show(first, .edit) }.value
      if isShown, parts.count > 1 { return }
      pause = isShown ? Limits.editPause : min(max(pause, Limits.editPause) * 2, Limits.editPauseMax)
    }
  }

  /// Returns what people see of the answer, without the reply's opening, or `nil` if nothing is shown.
  func shown() async -> String? {
    var pause = poster.rhythm.deliveryPauseFirst
    for _ in 1..<Limits.hastyTriesMax where place == .unsure {
      await look()
      if place != .unsure { break }
      do { try await Task.sleep(for: pause) } catch { return nil }
      pause *= 2
    }
    guard case .at(_, let text) = place, !text.isInvisible else { return nil }
    return target.unopened(text)
  }

  /// Marks what was shown as stopped; where nothing was, nothing is.
  func markStopped(at written: String?) async {
    if place == .unsure { await look() }
    guard case .at(_, let shown) = place else { return }
    let mark = "\n\n" + CommandTexts.stoppedHere
    let text = MessageSplitter.closingFence(of: String.longer(written.map(target.opened), shown) ?? shown)
    var short = target
    short.opening = ""
    short.maxLength -= mark.unicodeScalars.count
    _ = await show((poster.parts(of: text, to: short, in: .agent).posts.first ?? shown) + mark, .answer)
  }

  private func show(_ text: String, _ priority: CallPriority) async -> Bool {
    if place == .unsure { await look() }
    var part = ReplyPart(text, first: reply)
    do throws(MattermostError) {
      switch place {
      case .unsure, .deleted: return false
      case .nowhere: place = .at(post: try await poster.post(&part, to: target, priority).id, text: text)
      case .at(_, text): break
      case .at(let post, _):
        try await poster.edit(post, to: text, priority)
        place = .at(post: post, text: text)
      }
      return true
    } catch {
      if place == .nowhere, error.mayBeTaken { place = .unsure }
      if await poster.isDeleted(place, asToldBy: error) { place = .deleted }
      poster.logger.debug("answer not shown", metadata: ["reply": "\(reply)", "reason": "\(error)"])
      return false
    }
  }

  private func look() async {
    do throws(MattermostError) {
      place = try await poster.find(ReplyPart("", first: reply), in: target)
    } catch {
      poster.logger.debug("growing post not looked for", metadata: ["reply": "\(reply)", "reason": "\(error)"])
    }
  }
}

extension String {
  /// Returns the longer of two texts, the first of equals.
  static func longer(_ one: String?, _ other: String?) -> String? {
    guard let one, let other else { return one ?? other }
    return other.unicodeScalars.count > one.unicodeScalars.count ? other : one
  }
}
