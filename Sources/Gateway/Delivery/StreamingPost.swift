import AgentSessions
import Core
import Logging
import MattermostIO

/// The posts in which an answer grows while the agent writes it, and what people see of its work below that.
///
/// When one post is full, the answer goes on in the next. Calls are made one after the other, and each is over before the
/// answer is posted.
actor StreamingPost {
  /// Where the posts are, the first one first. Those that were begun before a restart are looked for and go on growing.
  private(set) var places: [PostState] = []
  /// The texts of the posts that an earlier gateway made, as they were when they were found.
  private var found: [String] = []
  /// How many posts this gateway has made or edited, or tried to.
  private var triedCount = 0
  private let poster: Outbox
  private let target: ReplyTarget
  private let reply: String
  private let isResumed: Bool

  /// The first posts of the reply `reply`.
  init(of reply: String, to target: ReplyTarget, by poster: Outbox, isResumed: Bool) {
    self.reply = reply
    self.target = target
    self.poster = poster
    self.isResumed = isResumed
  }

  /// Shows what there is of the answer, again and again, until the task is cancelled or the answer is too long for posts.
  func follow(_ answer: ResponseBuffer) async {
    var pause = Limits.editPauseFirst
    if isResumed { await lookForAll() }
    // What an earlier gateway showed stays until there is as much of the new answer: nobody reads a text that shrinks.
    let least = places.reduce(0) { $0 + ($1.text?.unicodeScalars.count ?? 0) }
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      guard let posts = await posts(of: answer) else { return }
      if posts.isEmpty || posts.reduce(0, { $0 + $1.unicodeScalars.count }) < least { continue }
      // What was stopped, or whose question was deleted, is not shown.
      if Task.isCancelled || places.contains(.deleted) || poster.deleted.post(in: target) != nil { return }
      // In a task of its own: cancelled in the middle, nobody would know whether the post was made.
      let isShown = await Task { await show(posts, .edit) }.value
      pause = isShown ? Limits.editPause : min(max(pause, Limits.editPause) * 2, Limits.editPauseMax)
    }
  }

  /// Returns what an earlier gateway showed of the answer, without the reply's opening, or `nil` if it showed nothing.
  func shownBefore() async -> String? {
    await lookForAll()
    let texts = found.prefix { $0 != CommandTexts.noLongerInAnswer }
    guard let first = texts.first, !texts.allSatisfy(\.isInvisible) else { return nil }
    return ([target.unopened(first)] + texts.dropFirst()).joined(separator: "\n")
  }

  /// Marks what was shown as stopped; does nothing if nothing was.
  func markStopped(at written: String?) async {
    await lookForAll()
    let isShown = { (place: PostState) in place.text.map { $0 != CommandTexts.noLongerInAnswer } ?? false }
    guard let last = places.lastIndex(where: isShown) else { return }
    var posts = written.map { poster.parts(of: $0, to: target, in: .agent).posts } ?? []
    // If less was written than is shown, or nobody knows what was, what is shown is only marked.
    if !posts.indices.contains(last) { posts = places[...last].map { $0.text ?? "" } }
    posts = Array(posts[...last])
    let mark = "\n\n" + CommandTexts.stoppedHere
    var short = target
    short.opening = ""
    short.maxLength = poster.scalarsMax(in: target) - mark.unicodeScalars.count
    let end = MessageSplitter.closingFence(of: posts[last])
    posts[last] = (poster.parts(of: end, to: short, in: .agent).posts.first ?? end) + mark
    _ = await show(posts, .answer)
    await remove(from: posts.count)
  }

  /// Removes the posts from this number on: the answer was longer once, and they are no part of it any more.
  func remove(from count: Int) async {
    await lookForAll()
    for index in places.indices.dropFirst(count) {
      guard case .at(let post, _) = places[index] else { continue }
      var pause = poster.rhythm.deliveryPauseFirst
      for attempt in 1...Limits.hastyTriesMax {
        do throws(MattermostError) {
          try await poster.remove(post, mark: "\(reply)-gone-\(index)")
          places[index] = .nowhere
          break
        } catch {
          let isLast = attempt == Limits.hastyTriesMax || error.isInaccessible
          poster.logger.log(
            level: isLast ? .warning : .debug, "post that is no part of an answer any more not removed",
            metadata: ["post": "\(post)", "reply": "\(reply)", "reason": "\(error)"])
          if isLast { break }
        }
        do { try await Task.sleep(for: pause) } catch { return }
        pause *= 2
      }
    }
  }

  /// The posts that show an answer as it is by now; `nil` if it has become too long for posts alone.
  private func posts(of answer: ResponseBuffer) async -> [String]? {
    let (written, work) = await answer.inTheMaking
    let parts = written.map { poster.parts(of: $0, to: target, in: .agent) }
    guard parts?.file == nil, parts?.posts.count ?? 0 < Limits.partsMax else { return nil }
    var posts = parts?.posts ?? []
    if posts.isEmpty {
      guard !work.isEmpty else { return [] }
      posts = [target.opening]
    }
    let last = MessageSplitter.closingFence(of: posts[posts.count - 1])
    posts[posts.count - 1] = last.with(work, scalarsMax: poster.scalarsMax(in: target))
    return posts
  }

  private func show(_ posts: [String], _ priority: RequestPriority) async -> Bool {
    for (index, text) in posts.enumerated() {
      guard await show(text, at: index, priority) else { return false }
    }
    // The answer may grow again: the posts that it does not need now are removed when it is posted.
    for index in places.indices.dropFirst(posts.count) where places[index].text != nil {
      guard await show(CommandTexts.noLongerInAnswer, at: index, priority) else { return false }
    }
    return true
  }

  private func show(_ text: String, at index: Int, _ priority: RequestPriority) async -> Bool {
    if places.count <= index { places.append(isResumed ? .unsure : .nowhere) }
    if places[index] == .unsure { await look(at: index) }
    if places[index] != .unsure { triedCount = max(triedCount, index + 1) }
    var part = ReplyChunk(text, number: index, of: reply)
    do throws(MattermostError) {
      switch places[index] {
      case .unsure, .deleted: return false
      case .nowhere: places[index] = .at(post: try await poster.post(&part, to: target, priority).id, text: text)
      case .at(_, text): break
      case .at(let post, _):
        try await poster.edit(post, to: text, priority)
        places[index] = .at(post: post, text: text)
      }
      return true
    } catch {
      if places[index] == .nowhere, error.mayHaveSucceeded { places[index] = .unsure }
      if await poster.isDeleted(places[index], asToldBy: error) { places[index] = .deleted }
      poster.logger.debug("answer not shown", metadata: ["reply": "\(reply)", "reason": "\(error)"])
      return false
    }
  }

  /// Looks for the posts that the server may have taken, and for those that an earlier gateway made until one is not
  /// there. The server may have to be asked again.
  private func lookForAll() async {
    for index in 0..<Limits.partsMax {
      guard isResumed || places.indices.contains(index) else { return }
      var pause = poster.rhythm.deliveryPauseFirst
      for _ in 1..<Limits.hastyTriesMax where places.count <= index || places[index] == .unsure {
        await look(at: index)
        if places[index] != .unsure { break }
        do { try await Task.sleep(for: pause) } catch { return }
        pause *= 2
      }
      guard places[index].text != nil else { return }
    }
  }

  private func look(at index: Int) async {
    if places.count <= index { places.append(.unsure) }
    do throws(MattermostError) {
      places[index] = try await poster.find(ReplyChunk("", number: index, of: reply), in: target)
      if index >= triedCount, index == found.count, let text = places[index].text { found.append(text) }
    } catch {
      poster.logger.debug(
        "post of a growing answer not looked for", metadata: ["reply": "\(reply)", "reason": "\(error)"])
    }
  }
}

extension String {
  /// The text with lines on an agent's work below it, as many of the last of them as there is room for.
  fileprivate func with(_ work: [String], scalarsMax: Int) -> String {
    var lines = work
    while !lines.isEmpty {
      let text = [self, lines.joined(separator: "\n")].filter { !$0.isEmpty }.joined(separator: "\n\n")
      if text.unicodeScalars.count <= scalarsMax { return text }
      lines.removeFirst()
    }
    return self
  }
}
