import ConfigLoader
import Core
import Logging
import MattermostIO
import Sessions

/// The delivery of one reply, from the first chunk that is not posted yet.
///
/// Failures that may pass are retried as long as the task is not cancelled: a reply is not thrown away. It never
/// reaches a wider audience than its question: if it cannot be posted there, its asker gets it in a direct message.
struct ReplyDelivery {
  private let outbox: Outbox
  private let posts: PostingClient
  private let reply: Reply
  private let author: ReplyAuthor
  private var target: ReplyTarget
  private var chunks: [ReplyChunk]
  /// The number of posts that are posted.
  private(set) var count: Int
  /// When the first post was made; `nil` if none was.
  private(set) var firstPostedAt: ContinuousClock.Instant?
  private var chunk: ReplyChunk
  private var state: PostState
  /// The known states of the posts of the first chunks, if they were streamed.
  private let streamed: [PostState]
  /// True if the last post is recorded too: posts that the reply does not need may have to be removed before it ends.
  private let recordsLast: Bool
  /// The root of the thread in which the last post is.
  private var thread: PostID?
  /// True if the question may have been deleted without the gateway being told: while it did not run, or the server
  /// could not be reached.
  private var mayBeLate: Bool
  /// The thing that is missing according to the server; it has to be looked up before the next try.
  private var doubt: (missing: PostFailure.Missing, error: MattermostError)?
  /// The notices that replace the reply: in its channel, and to its asker alone.
  private var notices: (here: FailureNotice, direct: FailureNotice)?

  /// Prepares a delivery; returns `nil` if all of the reply is posted.
  ///
  /// - Parameter streamed: the known states of the posts of the first chunks; `nil` if they were not streamed.
  init?(_ reply: Reply, to target: ReplyTarget, by author: ReplyAuthor, from outbox: Outbox, streamed: [PostState]?) {
    self.outbox = outbox
    posts = outbox.posts
    self.reply = reply
    self.author = author
    self.target = target
    mayBeLate = reply.isResumed
    chunks = outbox.chunks(of: reply, to: target, by: author)
    count = reply.postedCount
    guard count < chunks.count else { return nil }
    chunk = chunks[count]
    // Posts of files are never streamed.
    let textCount = chunks.count { $0.files.isEmpty }
    self.streamed = Array((streamed ?? []).prefix(textCount))
    recordsLast = streamed.map { reply.isResumed || $0.count > textCount || $0.contains(.unknown) } ?? false
    state = self.streamed.indices.contains(count) ? self.streamed[count] : reply.isResumed ? .unknown : .absent
  }

  /// Posts the rest. Every post but the last is recorded in the store; the last one is recorded together with the
  /// end of the reply, in one transaction, by the caller. If the gateway is killed before, the next one finds the post.
  /// If posts in which it was streamed may have to be removed before, the last one is recorded here too.
  mutating func run() async -> Delivery {
    while true {
      let isNew: Bool
      switch await sendChunk() {
      case .posted(let wasAbsent): isNew = wasAbsent
      case .over(let delivery): return delivery
      }
      guard count < chunks.count else { return .posted(thread: thread) }
      chunk = chunks[count]
      // If one was posted and not recorded, or an earlier gateway streamed several of them, the next may be posted.
      state =
        streamed.indices.contains(count) ? streamed[count] : isNew && !reply.isResumed ? .absent : .unknown
    }
  }

  private enum Sent {
    /// It is posted, and was absent before or not.
    case posted(wasAbsent: Bool)
    case over(Delivery)
  }

  private mutating func sendChunk() async -> Sent {
    var pause = posts.intervals.first
    var failures = FailureCount()
    var isReported = false
    while !Task.isCancelled {
      do throws(MattermostError) {
        target = try await posts.located(target)
        if let deletion = try await deletion() { return .over(.deleted(deletion)) }
        if let delivery = try await resolveDoubt() { return .over(delivery) }
        // If it is refused once more, it is at fault itself only if other calls succeed.
        if failures.isNextLast { _ = try await posts.client.channel(target.channel) }
        guard let wasAbsent = try await attempt() else {
          return .over(answerDeleted)
        }
        if isReported { await removeNotices() }
        return .posted(wasAbsent: wasAbsent)
      } catch {
        let failure = PostFailure(error, in: target, state: state)
        let metadata = facts(error)
        switch failure {
        case .final where hasAlternative(to: error):
          posts.logger.warning("sent another way", metadata: metadata)
          continue
        case .final: return .over(await refused(for: error))
        case .doubtful(let missing): doubt = (missing, error)
        case .transient:
          if state == .absent, error.mayHaveSucceeded { state = .unknown }
          mayBeLate = true
        }
        posts.logger.warning("not posted yet", metadata: metadata)
        if failures.isExceeded(by: error, failure) {
          // It is refused while another post is accepted.
          if isReported { return .over(refusedRepeatedly(for: error)) }
          switch await report(error) {
          case .here: isReported = true
          case .elsewhere: return .over(refusedRepeatedly(for: error))
          case .nowhere: break
          }
          if isReported { continue }
        }
        do { try await Task.sleep(for: pause * .random(in: 0.5...1)) } catch { return .over(.postponed) }
        pause = min(pause * 2, posts.intervals.longest)
      }
    }
    return .over(.postponed)
  }

  /// Returns the deletion of the question, or `nil` if it exists as far as is known.
  private mutating func deletion() async throws(MattermostError) -> Deletion? {
    // A notice about it in a direct message is posted all the same.
    guard target.recipient == nil else { return nil }
    if let post = outbox.deletedPosts.post(in: target) { return .message(post) }
    guard mayBeLate else { return nil }
    let deletion = try await posts.deletion(in: target)
    mayBeLate = false
    return deletion
  }

  private var answerDeleted: Delivery { .deleted(.answer(to: Claim(text: reply.id.text))) }

  /// Posts the chunk, or finds it, and returns whether it was absent; `nil` if it was deleted.
  private mutating func attempt() async throws(MattermostError) -> Bool? {
    let isSought = state == .unknown
    if isSought { state = try await posts.find(chunk, in: target) }
    if state == .deleted { return nil }
    let wasAbsent = !isSought || state == .absent
    await record(try await posts.put(&chunk, state, in: target))
    return wasAbsent
  }

  private mutating func record(_ post: PostID) async {
    count += 1
    firstPostedAt = firstPostedAt ?? .now
    thread = target.root ?? post
    let isLast = count == chunks.count
    guard !isLast || recordsLast, let thread else { return }
    do throws(StoreError) {
      // Posts that replace a file are not counted, or ten of them would look like all of it after a restart.
      try await outbox.store.recordPosted(
        isLast ? count : min(count, Limits.partsMax - 1), of: reply.id, thread: thread, at: posts.client.clock.now)
    } catch {
      posts.logger.error("post not recorded", metadata: ["part": "\(chunk.mark.text)", "reason": "\(error)"])
    }
  }

  /// Looks up the thing that is missing according to the server. Returns `nil` if the post can be tried again, else how
  /// the reply ends.
  private mutating func resolveDoubt() async throws(MattermostError) -> Delivery? {
    guard let (missing, error) = doubt else { return nil }
    switch missing {
    case .root:
      guard let root = try await posts.root(of: target) else { return await threadGone() }
      target.root = root
    case .channel:
      guard try await posts.isOpen(target.channel) else { return await refused(for: error) }
    case .post:
      guard case .exists(let post, _) = state, try await posts.existing(post) == nil else {
        // It may no longer be edited: another one replaces it.
        chunk.mark.replacements += 1
        state = .unknown
        break
      }
      if target.root != nil, try await posts.root(of: target) == nil { return await threadGone() }
      // The user who deleted the answer wants none.
      posts.logger.notice("answer deleted, so not posted again", metadata: ["part": "\(chunk.mark.text)"])
      return answerDeleted
    }
    doubt = nil
    return nil
  }

  /// The chunk and its target, as metadata of a log line.
  private func facts(_ reason: (any Error)? = nil) -> Logger.Metadata {
    var facts: Logger.Metadata = [
      "part": "\(chunk.mark.text)", "channel": "\(target.question?.shownChannelName ?? target.channel.rawValue)",
    ]
    if let asker = target.question?.asker { facts["user_id"] = "\(asker)" }
    if let reason { facts["reason"] = "\(reason)" }
    return facts
  }

  /// Chooses another way of posting the chunk if there is one.
  private mutating func hasAlternative(to error: MattermostError) -> Bool {
    guard error.isUploading else { return false }
    // If no file can be uploaded, all of it becomes posts.
    chunks = outbox.chunks(of: reply, to: target, by: author, partsMax: .max)
    chunk = chunks[count]
    state = reply.isResumed ? .unknown : .absent
    return true
  }
}

// MARK: Replies that cannot be posted

extension ReplyDelivery {
  private func threadGone() async -> Delivery {
    posts.logger.error("not posted: its thread is gone", metadata: facts())
    outbox.outcomes.record(.dropped(.threadGone), of: reply.id)
    await outbox.sendDirectly(reply, of: target, DeliveryTexts.threadGone(in: target.question?.shownChannelName))
    return .refused
  }

  /// Ends a reply that Mattermost will never accept.
  private mutating func refused(for error: MattermostError) async -> Delivery {
    posts.logger.error("not posted and given up", metadata: facts(error))
    outbox.outcomes.record(.dropped(.refused, status: error.status), of: reply.id)
    await outbox.sendDirectly(
      reply, of: target,
      DeliveryTexts.cannotPost(in: target.question?.shownChannelName, why: error.serverMessage))
    // A reply that is refused in its asker's direct channel can be reported there.
    if target.recipient != nil { _ = await report(error) }
    return .refused
  }

  private func refusedRepeatedly(for error: MattermostError) -> Delivery {
    posts.logger.error("not posted and given up: refused repeatedly", metadata: facts(error))
    outbox.outcomes.record(.dropped(.givenUp, status: error.status), of: reply.id)
    return .refused
  }

  /// The result of reporting that a reply cannot be posted.
  private enum Reported {
    /// The notice was posted: other posts are accepted, so that one more try shows whether the reply is at fault.
    case here
    /// Nothing is left to do: the asker gets the reply itself, or no one can be told.
    case elsewhere
    /// The notice was refused too: nothing says that the reply is at fault.
    case nowhere
  }

  /// Posts that the reply cannot be posted: where it was asked for or, if nothing is accepted there, to its asker. If a
  /// program asked, which is told nothing, a filter's refusal has to do.
  private mutating func report(_ error: MattermostError) async -> Reported {
    var (here, direct) = notices ?? notices(for: error)
    defer { notices = (here, direct) }
    let refusal: MattermostError
    do throws(MattermostError) {
      try await here.post(to: target, by: posts)
      return .here
    } catch {
      refusal = error
    }
    posts.logger.warning("failure not reported", metadata: facts(refusal))
    switch PostFailure(refusal, in: target, state: .absent) {
    case .final, .doubtful:
      await outbox.sendDirectly(
        reply, of: target,
        DeliveryTexts.cannotPost(in: target.question?.shownChannelName, why: refusal.serverMessage))
      return .elsewhere
    case .transient:
      guard let asker = target.direct else {
        return refusal.refusesPost && refusal.code != .serverFailed ? .elsewhere : .nowhere
      }
      do throws(MattermostError) {
        try await direct.post(to: try await posts.located(asker), by: posts)
        return .here
      } catch {
        posts.logger.warning("failure not reported to the asker yet", metadata: facts(error))
        return .nowhere
      }
    }
  }

  /// Removes the notices: the reply was accepted after all.
  private mutating func removeNotices() async {
    guard var (here, direct) = notices else { return }
    notices = nil
    await here.remove(by: posts)
    await direct.remove(by: posts)
  }

  private func notices(for error: MattermostError) -> (here: FailureNotice, direct: FailureNotice) {
    let text = DeliveryTexts.unpostable(isRest: count > 0, status: error.status)
    return (
      FailureNotice(target.opened(text), of: reply.id.unpostable, isResumed: reply.isResumed),
      FailureNotice(text, of: reply.id.direct, isResumed: reply.isResumed)
    )
  }
}

/// A notice that replaces a reply that cannot be posted. It is posted once, however often that has to be tried.
private struct FailureNotice {
  private var chunk: ReplyChunk
  private var state: PostState

  init(_ text: String, of reply: ReplyID, isResumed: Bool) {
    chunk = ReplyChunk(text, of: reply)
    state = isResumed ? .unknown : .absent
  }

  mutating func post(to target: ReplyTarget, by posts: PostingClient) async throws(MattermostError) {
    if state == .unknown { state = try await posts.find(chunk, in: target) }
    do throws(MattermostError) {
      state = .exists(post: try await posts.put(&chunk, state, in: target), text: chunk.text)
    } catch {
      if error.mayHaveSucceeded { state = .unknown }
      throw error
    }
  }

  mutating func remove(by posts: PostingClient) async {
    guard case .exists(let post, _) = state else { return }
    state = .unknown
    do throws(MattermostError) {
      try await posts.client.delete(post)
    } catch {
      posts.logger.warning("notice about a refused post not deleted", metadata: ["reason": "\(error)"])
    }
  }
}
