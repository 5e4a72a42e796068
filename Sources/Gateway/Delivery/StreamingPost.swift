import Core
import Logging
import MattermostIO
import Sessions

/// The posts in which an answer appears while the agent writes it, with the agent's activity below.
///
/// When one post is full, the answer continues in the next. Calls are made one after the other, and each is over before
/// the answer is posted.
actor StreamingPost {
  /// The known states of the posts, the first one first. Posts of an earlier gateway are looked for and continued.
  private(set) var states: [PostState] = []
  /// When the first post was made; `nil` if none was.
  private(set) var firstPostedAt: ContinuousClock.Instant?
  /// The texts of the posts that an earlier gateway made, as they were when they were found.
  private var found: [String] = []
  /// The number of posts that this gateway has made or edited, or tried to.
  private var triedCount = 0
  private let outbox: Outbox
  private let target: ReplyTarget
  private let reply: ReplyID
  private let isResumed: Bool

  private var posts: PostingClient { outbox.posts }

  init(of reply: ReplyID, to target: ReplyTarget, from outbox: Outbox, isResumed: Bool) {
    self.reply = reply
    self.target = target
    self.outbox = outbox
    self.isResumed = isResumed
  }

  /// Shows the response, again and again, until the task is cancelled or the response is too long for posts.
  func follow(_ response: ResponseBuffer) async {
    var pause = Limits.editPauseFirst
    if isResumed { await lookForAll() }
    // The text of an earlier gateway stays until the new answer is as long: a text that shrinks is hard to read.
    let least = states.reduce(0) { $0 + ($1.text?.unicodeScalars.count ?? 0) }
    while let texts = texts(of: response) {
      if !texts.isEmpty, texts.reduce(0, { $0 + $1.unicodeScalars.count }) >= least {
        // An answer that was stopped, or whose question was deleted, is not shown.
        if Task.isCancelled || states.contains(.deleted) || outbox.deletedPosts.post(in: target) != nil { return }
        // In a task of its own: if it were cancelled, it would be unknown whether the post was made.
        let isShown = await Task(executorPreference: Task.preferredExecutor) { await self.show(texts, .edit) }.value
        pause = isShown ? Limits.editPause : min(max(pause, Limits.editPause) * 2, Limits.editPauseMax)
      }
      do { try await Task.sleep(for: pause, clock: .preferred) } catch { return }
    }
  }

  /// Returns the part of the answer that an earlier gateway showed, without the reply's opening, or `nil` if it showed
  /// nothing.
  func shownBefore() async -> String? {
    await lookForAll()
    let texts = found.prefix { $0 != DeliveryTexts.noLongerInAnswer }
    guard let first = texts.first, !texts.allSatisfy(\.isInvisible) else { return nil }
    return ([target.unopened(first)] + texts.dropFirst()).joined(separator: "\n")
  }

  /// Marks the shown part as stopped; does nothing if there is none.
  ///
  /// - Parameter written: the answer so far, if that is known.
  func markStopped(at written: String?) async {
    await lookForAll()
    let isShown = { (state: PostState) in state.text.map { $0 != DeliveryTexts.noLongerInAnswer } ?? false }
    guard let last = states.lastIndex(where: isShown) else { return }
    var texts = written.map { outbox.split($0, to: target, by: .agent).posts } ?? []
    // If less was written than is shown, or that is unknown, the shown part is only marked.
    if !texts.indices.contains(last) { texts = states[...last].map { $0.text ?? "" } }
    texts = Array(texts[...last])
    let mark = "\n\n" + DeliveryTexts.stoppedHere
    var short = target
    short.opening = ""
    short.maxLength = outbox.scalarsMax(in: target) - mark.unicodeScalars.count
    let end = MessageSplitter.closingFence(of: texts[last])
    texts[last] = (outbox.split(end, to: short, by: .agent).posts.first ?? end) + mark
    _ = await show(texts, .answer)
    await remove(from: texts.count)
  }

  /// Removes the posts from this number on: the answer was longer once, and they are no part of it any more.
  func remove(from count: Int) async {
    await lookForAll()
    for index in states.indices.dropFirst(count) {
      guard case .exists(let post, _) = states[index] else { continue }
      var pause = posts.intervals.first
      for attempt in 1...Limits.hastyTriesMax {
        do throws(MattermostError) {
          try await posts.remove(post, mark: ChunkMark.removed(reply, number: index))
          states[index] = .absent
          break
        } catch {
          let isLast = attempt == Limits.hastyTriesMax || error.isInaccessible
          posts.logger.log(
            level: isLast ? .warning : .debug, "leftover post of an answer not deleted",
            metadata: ["post": "\(post)", "reply": "\(reply)", "reason": "\(error)"])
          if isLast { break }
        }
        do { try await Task.sleep(for: pause, clock: .preferred) } catch { return }
        pause *= 2
      }
    }
  }

  /// Returns the texts of the posts that show the response as it is now, or `nil` if it has become too long for posts
  /// alone.
  private func texts(of response: ResponseBuffer) -> [String]? {
    let (written, activity) = response.progress
    let split = written.map { outbox.split($0, to: target, by: .agent) }
    guard split?.rest == nil, split?.posts.count ?? 0 < Limits.partsMax else { return nil }
    var texts = split?.posts ?? []
    if texts.isEmpty {
      guard !activity.isEmpty else { return [] }
      texts = [target.opening]
    }
    let last = MessageSplitter.closingFence(of: texts[texts.count - 1])
    texts[texts.count - 1] = last.appending(activity, scalarsMax: outbox.scalarsMax(in: target))
    return texts
  }

  private func show(_ texts: [String], _ priority: RequestPriority) async -> Bool {
    for (index, text) in texts.enumerated() {
      guard await show(text, at: index, priority) else { return false }
    }
    // The answer may grow again: the posts that it does not need now are removed when it is posted.
    for index in states.indices.dropFirst(texts.count) where states[index].text != nil {
      guard await show(DeliveryTexts.noLongerInAnswer, at: index, priority) else { return false }
    }
    return true
  }

  private func show(_ text: String, at index: Int, _ priority: RequestPriority) async -> Bool {
    if states.count <= index { states.append(isResumed ? .unknown : .absent) }
    if states[index] == .unknown { await look(at: index) }
    if states[index] != .unknown { triedCount = max(triedCount, index + 1) }
    var chunk = ReplyChunk(text, of: reply, number: index)
    do throws(MattermostError) {
      switch states[index] {
      case .unknown, .deleted: return false
      case .absent:
        states[index] = .exists(post: try await posts.post(&chunk, to: target, priority).id, text: text)
        firstPostedAt = firstPostedAt ?? .now
      case .exists(_, text): break
      case .exists(let post, _):
        try await posts.edit(post, to: text, priority)
        states[index] = .exists(post: post, text: text)
      }
      return true
    } catch {
      if states[index] == .absent, error.mayHaveSucceeded { states[index] = .unknown }
      if await posts.isDeleted(states[index], after: error) { states[index] = .deleted }
      posts.logger.debug("answer not shown", metadata: ["reply": "\(reply)", "reason": "\(error)"])
      return false
    }
  }

  /// Looks for the posts that the server may have, and for those that an earlier gateway made until one is absent. The
  /// server may have to be asked again.
  private func lookForAll() async {
    for index in 0..<Limits.partsMax {
      guard isResumed || states.indices.contains(index) else { return }
      var pause = posts.intervals.first
      for _ in 1..<Limits.hastyTriesMax where states.count <= index || states[index] == .unknown {
        await look(at: index)
        if states[index] != .unknown { break }
        do { try await Task.sleep(for: pause, clock: .preferred) } catch { return }
        pause *= 2
      }
      guard states[index].text != nil else { return }
    }
  }

  private func look(at index: Int) async {
    if states.count <= index { states.append(.unknown) }
    do throws(MattermostError) {
      states[index] = try await posts.find(ReplyChunk("", of: reply, number: index), in: target)
      if index >= triedCount, index == found.count, let text = states[index].text { found.append(text) }
    } catch {
      posts.logger.debug(
        "post of a streamed answer not looked up", metadata: ["reply": "\(reply)", "reason": "\(error)"])
    }
  }
}

extension String {
  /// The text with lines about an agent's activity below it: as many of the last of them as fit.
  fileprivate func appending(_ activity: [String], scalarsMax: Int) -> String {
    var lines = activity
    while !lines.isEmpty {
      let text = [self, lines.joined(separator: "\n")].filter { !$0.isEmpty }.joined(separator: "\n\n")
      if text.unicodeScalars.count <= scalarsMax { return text }
      lines.removeFirst()
    }
    return self
  }
}
