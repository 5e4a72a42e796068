import AgentSessions
import ConfigLoader
import Logging
import MattermostIO

/// Says things in Mattermost: kept until they are out, in order, each part once.
struct Outbox: Sendable {
  let client: MattermostClient
  var bot: BotIdentity
  /// Which run of which gateway this is. See `OtherGateway`.
  let instance: String
  let store: SessionStore
  /// The lanes of channels.
  let lanes: KeyedSerialExecutor
  /// The most Unicode scalars that the server lets a post have, where it tells.
  let postScalarsMax: Int?
  let deleted = DeletedPosts()
  var rhythm = Intervals()
  /// Where it is recorded what came of the events that are answered.
  var outcomes = OutcomeLog(journal: nil)
  let logger: Logger

  /// Says something that is of no use later, behind what was said in the same channel before. `id` names it for good.
  func say(_ text: String, to target: ReplyTarget, answering id: String) async {
    var target = target
    target.asked?.asker = nil
    await lanes.run(in: target.channel) { [target] in
      _ = await deliver(Reply(id: id, text: text), to: target, in: .own)
    }
  }

  /// Says all there is to say to `post`; nothing is left to do for it but that.
  func close(_ post: String, saying text: String, to target: ReplyTarget) async {
    let saying = Reply(id: post, text: text)
    await keep(saying, to: target, closing: post)
    await send(saying, to: target)
  }

  /// Posts what is not out yet of a reply, telling the store of each part that is, and returns how many posts are out.
  ///
  /// - Parameter growing: the posts in which the reply has begun to grow. Those that it does not need are removed.
  func deliver(
    _ reply: Reply, to target: ReplyTarget, in voice: Voice, growing: StreamingPost? = nil
  ) async -> (delivery: Delivery, posts: Int) {
    var sending = ReplyDelivery(reply, to: target, in: voice, by: self, places: await growing?.places ?? [])
    let delivery = await sending?.run() ?? .posted
    let posts = sending?.count ?? reply.partsPosted
    outcomes.record(delivery, of: reply, posts: posts)
    if delivery == .posted, let growing {
      await growing.remove(from: reply.text.isEmpty ? 0 : parts(of: reply.text, to: target, in: voice).posts.count)
    }
    return (delivery, posts)
  }

  /// Goes on with what an earlier run had to say and had not.
  func resume(_ pending: PendingReply) async {
    guard let target = ReplyTarget(payload: pending.payload) else {
      logger.warning("kept saying cannot be understood", metadata: ["reply": "\(pending.reply.id)"])
      outcomes.record(.dropped(.unreadable), ofReply: pending.reply.id)
      return await letGo(of: pending.reply)
    }
    await send(pending.reply, to: target)
  }

  /// Notes that nothing is left to do for `post`.
  func finish(_ post: String) async {
    do {
      try await store.finish([post])
    } catch {
      logger.error("post not finished", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }

  /// Says something beside the order of what is being said, out of whose lane it may come. It is kept when this returns.
  func storeAndSend(_ saying: Reply, to target: ReplyTarget) async {
    await keep(saying, to: target)
    let isOnItsWay = await lanes.runIfRoom(in: target.lane) { await sayKept(saying, to: target) }
    if !isOnItsWay { await sayKept(saying, to: target) }
  }

  private func keep(_ saying: Reply, to target: ReplyTarget, closing post: String? = nil) async {
    do {
      try await store.keep(saying, payload: target.payload, closing: post)
    } catch {
      // Who waits for it is told all the same; a kill might lose or repeat it.
      logger.error("saying not kept", metadata: ["reply": "\(saying.id)", "reason": "\(error)"])
    }
  }

  private func send(_ saying: Reply, to target: ReplyTarget) async {
    await lanes.run(in: target.lane) { await sayKept(saying, to: target) }
  }

  private func sayKept(_ saying: Reply, to target: ReplyTarget) async {
    switch await deliver(saying, to: target, in: target.voice ?? .own).delivery {
    case .later:
      outcomes.record(.postponed, ofReply: saying.id)
      return logger.info("left for the next start", metadata: ["reply": "\(saying.id)"])
    case .deleted: outcomes.record(.stopped(.deletion), ofReply: saying.id)
    case .posted, .refused: break
    }
    await letGo(of: saying)
  }

  private func letGo(of saying: Reply) async {
    do {
      try await store.letGo(of: saying.id)
    } catch {
      logger.error("saying not let go", metadata: ["reply": "\(saying.id)", "reason": "\(error)"])
    }
  }
}
