import ConfigLoader
import Core
import Logging
import MattermostIO
import Sessions

/// Posts replies: each is in the store until it is posted, those of a channel are posted in order, and each post is
/// made once.
struct Outbox: Sendable {
  var posts: PostingClient
  let store: any SessionStore
  /// Runs deliveries, those of a channel one after another.
  let executor: KeyedSerialExecutor<String>
  /// The most Unicode scalars that the server accepts in a post, if it says.
  let postScalarsMax: Int?
  let deletedPosts = DeletedPosts()
  var outcomes = OutcomeLog()

  private var logger: Logger { posts.logger }

  /// Posts a notice that is of no use later, after the replies that were sent to the same channel before.
  func post(_ text: String, to target: ReplyTarget, as id: ReplyID) async {
    await executor.enqueue(for: target.executorKey) { await postNow(text, to: target, as: id) }
  }

  /// Posts a notice like `post`, without waiting for capacity of the executor, in which the caller may be.
  func schedulePost(_ text: String, to target: ReplyTarget, as id: ReplyID) {
    executor.schedule(for: target.executorKey) { await postNow(text, to: target, as: id) }
  }

  private func postNow(_ text: String, to target: ReplyTarget, as id: ReplyID) async {
    var target = target
    // If it cannot be posted, its asker does not need it in a direct message.
    target.question?.asker = nil
    guard case .posted(let root?) = await deliver(Reply(id: id, text: text), to: target, by: .edgecrab).delivery else {
      return
    }
    do throws(StoreError) {
      try await store.joinThread(root, at: posts.client.clock.now)
    } catch {
      logger.error("thread not recorded", metadata: ["root": "\(root)", "reason": "\(error)"])
    }
  }

  /// Stores the only reply to a claim, which ends it, and sends it.
  func close(_ claim: Claim, replying text: String, to target: ReplyTarget) async {
    await store(Reply(id: .answer(to: claim), text: text), to: target, finishing: claim)
  }

  /// Stores a reply, ends a claim with it if one is given, and sends it.
  func store(_ reply: Reply, to target: ReplyTarget, finishing claim: Claim? = nil) async {
    await add(reply, to: target, finishing: claim)
    await executor.enqueue(for: target.executorKey) { await send(reply, to: target) }
  }

  /// Stores a reply and sends it beside the order of its channel, in which the caller may be. It is stored when this
  /// returns.
  func storeAndSend(_ reply: Reply, to target: ReplyTarget) async {
    await add(reply, to: target)
    executor.schedule(for: target.executorKey) { await send(reply, to: target) }
  }

  /// Posts the rest of a reply, and returns the number of its posts that are posted, and when the first of them was if
  /// this gateway made it. The store has all of them, or all but the last.
  ///
  /// - Parameter stream: the posts in which the reply was streamed. Those that it does not need are removed.
  func deliver(
    _ reply: Reply, to target: ReplyTarget, by author: ReplyAuthor, after stream: StreamingPost? = nil
  ) async -> (delivery: Delivery, posts: Int, firstAt: ContinuousClock.Instant?) {
    outcomes.metrics?.outbox.add(reply.id)
    var sending = ReplyDelivery(reply, to: target, by: author, from: self, streamed: await stream?.states)
    let delivery = await sending?.run() ?? .posted(thread: nil)
    let count = sending?.count ?? reply.postedCount
    outcomes.record(delivery, of: reply, posts: count)
    outcomes.metrics?.outbox.remove(reply.id)
    if case .posted = delivery, let stream {
      await stream.remove(from: reply.text.isEmpty ? 0 : split(reply.text, to: target, by: author).posts.count)
    }
    return (delivery, count, await stream?.firstPostedAt ?? sending?.firstPostedAt)
  }

  /// Continues with a reply that an earlier gateway had not posted.
  func resume(_ pending: PendingReply) async {
    let reply = pending.reply
    guard let target = ReplyTarget(payload: pending.payload) else {
      logger.warning("stored reply cannot be read", metadata: ["reply": "\(reply.id)"])
      outcomes.record(.dropped(.unreadable), of: reply.id)
      return await remove(reply)
    }
    outcomes.metrics?.outbox.add(reply.id)
    await executor.enqueue(for: target.executorKey) { await send(reply, to: target) }
  }

  /// Ends a claim for which nothing is left to do.
  func finish(_ claim: Claim) async {
    do throws(StoreError) {
      try await store.finish([claim])
    } catch {
      logger.error("claim not finished", metadata: ["post": "\(claim)", "reason": "\(error)"])
    }
  }

  private func add(_ reply: Reply, to target: ReplyTarget, finishing claim: Claim? = nil) async {
    outcomes.metrics?.outbox.add(reply.id)
    do throws(StoreError) {
      try await store.add(reply, payload: target.payload, finishing: claim)
    } catch {
      // The asker gets it all the same; a kill might lose or repeat it.
      logger.error("reply not stored", metadata: ["reply": "\(reply.id)", "reason": "\(error)"])
    }
  }

  /// Sends a stored reply, and deletes it from the store when it is posted or never will be.
  private func send(_ reply: Reply, to target: ReplyTarget) async {
    let delivery = await deliver(reply, to: target, by: target.author ?? .edgecrab).delivery
    switch delivery {
    case .posted: await remove(reply, after: delivery)
    case .postponed:
      outcomes.record(.postponed, of: reply.id)
      logger.info("left for the next start", metadata: ["reply": "\(reply.id)"])
    case .deleted:
      outcomes.record(.stopped(.deletion), of: reply.id)
      await remove(reply)
    case .refused: await remove(reply)
    }
  }

  private func remove(_ reply: Reply, after delivery: Delivery = .refused) async {
    do throws(StoreError) {
      if case .posted(let thread) = delivery {
        try await store.removePosted(reply.id, thread: thread, at: posts.client.clock.now)
      } else {
        try await store.remove(reply.id)
      }
    } catch {
      logger.error("reply not deleted", metadata: ["reply": "\(reply.id)", "reason": "\(error)"])
    }
  }
}

// MARK: Splitting

extension Outbox {
  /// Returns how many Unicode scalars a post has at most.
  func scalarsMax(in target: ReplyTarget) -> Int { min(target.maxLength, postScalarsMax ?? .max) }

  /// Returns the chunks of a reply.
  func chunks(
    of reply: Reply, to target: ReplyTarget, by author: ReplyAuthor, partsMax: Int = Limits.partsMax
  ) -> [ReplyChunk] {
    ReplyChunk.chunks(of: reply, to: target) { split($0, to: target, by: author, partsMax: partsMax) }
  }

  /// Returns the posts of a text, and the rest that is attached as a file to the last of them if they would be more
  /// than `partsMax`.
  func split(
    _ text: String, to target: ReplyTarget, by author: ReplyAuthor, partsMax: Int = Limits.partsMax
  ) -> SplitReply {
    let splitter = MessageSplitter(scalarsMax: scalarsMax(in: target))
    let text = target.opened(text.postable)
    let isAgents = author == .agent
    var (posts, rest) = splitter.split(
      isAgents ? MentionGrammar.silencingChannelWide(text) : text, partsMax: partsMax)
    while isAgents {
      // Code that was cut in two may not be code any more. Each round silences more of finitely many mentions.
      let silent = posts.map(MentionGrammar.silencingChannelWide)
      if silent == posts { break }
      posts = silent.flatMap(splitter.split)
    }
    return (rest == nil ? posts : posts + [DeliveryTexts.restInFile], rest)
  }
}

// MARK: Direct messages to the asker

extension Outbox {
  /// Sends a reply that cannot be posted where it was asked for to its asker alone, in a direct message after `notice`.
  /// It is stored when this returns. Programs get none: that could start a loop.
  func sendDirectly(_ reply: Reply, of target: ReplyTarget, _ notice: String) async {
    guard let direct = target.direct else { return }
    let text = [notice, reply.text].filter { !$0.isEmpty }.joined(separator: "\n\n")
    await storeAndSend(
      Reply(id: reply.id.direct, text: text, files: reply.files, isResumed: reply.isResumed), to: direct)
  }

  /// Tells the user who asked in a thread that it was deleted, in a direct message: once, whatever else they had asked
  /// there.
  func reportDeletedThread(_ root: PostID, toAskerOf target: ReplyTarget) async {
    guard let direct = target.direct, let question = target.question, let asker = question.asker else { return }
    let text = DeliveryTexts.threadDeleted(in: question.shownChannelName)
    await storeAndSend(Reply(id: .threadDeleted(root, to: asker), text: text), to: direct)
  }
}

extension OutcomeLog {
  func record(_ outcome: EventOutcome, of claim: Claim) { record(outcome, of: claim.text) }

  /// Records the outcome of the event that a reply answers; nothing for a notice beside an answer.
  func record(_ outcome: EventOutcome, of reply: ReplyID) {
    if let claim = reply.claim { record(outcome, of: claim) }
  }

  /// Records that a reply is posted, in so many posts. Of other deliveries, more is recorded where the reason is known.
  func record(_ delivery: Delivery, of reply: Reply, posts: Int) {
    guard case .posted = delivery else { return }
    if let claim = reply.id.directClaim { return record(.direct, of: claim) }
    record(reply.agent.map { .answered(agent: $0, posts: posts) } ?? .said, of: reply.id)
  }
}
