import AgentSessions
import FoundationEssentials
import Logging
import MattermostIO

/// Posts texts to Mattermost: split, in order, each part once.
struct Poster: Sendable {
  let client: MattermostClient
  let bot: BotIdentity
  let store: SessionStore
  let lanes: Lanes
  let logger: Logger

  /// Posts what edgecrab itself says in answer to `post`; behind what was said in the same channel before.
  func say(_ text: String, to target: ReplyTarget, answering post: String) async {
    await lanes.run(in: target.channel) { _ = await reply(text, to: target, answering: post) }
  }

  /// Posts a text that is all there is to say to `post`; once it is out, nothing is left to do for the post.
  func close(_ post: String, saying text: String, to target: ReplyTarget) async {
    await lanes.run(in: target.channel) {
      if await reply(text, to: target, answering: post) { await finish(post) }
    }
  }

  /// Notes that nothing is left to do for `post`.
  func finish(_ post: String) async {
    do {
      try await store.finish([post])
    } catch {
      logger.error("post not finished", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }

  /// Posts a text of edgecrab's own; false where the gateway ended before it was out.
  private func reply(_ text: String, to target: ReplyTarget, answering post: String) async -> Bool {
    let delivery = await deliver(text, to: target, answering: post, from: 0)
    if delivery != .posted {
      logger.warning("reply not posted", metadata: ["channel": "\(target.channel)", "post": "\(post)"])
    }
    return delivery != .later
  }

  /// Posts a text from its part `first` on, telling the store of each part that is out.
  ///
  /// Trouble that may pass is waited out, for as long as the task is not cancelled: a finished answer is not thrown away.
  func deliver(_ text: String, to target: ReplyTarget, answering post: String, from first: Int) async -> Delivery {
    let parts = MessageSplitter(scalarsMax: target.maxLength).split(target.opened(text))
    var target = target
    for (index, part) in parts.enumerated().dropFirst(first) {
      // The same part always has the same id: a server that has it already answers with the post that it made.
      let pendingID = "\(bot.id):\(post)-\(index)"
      var pause = Limits.deliveryPauseFirst
      let posted: Post
      while true {
        if Task.isCancelled { return .later }
        do throws(MattermostError) {
          posted = try await client.createPost(
            in: target.channel, message: part, root: target.root, pendingPostID: pendingID)
          break
        } catch {
          switch Refusal(error, target: target) {
          case .rootIsGone: target.root = nil
          case .final:
            logger.warning("post refused", metadata: ["channel": "\(target.channel)", "reason": "\(error)"])
            return .refused
          case .passing:
            logger.warning("post not sent yet", metadata: ["channel": "\(target.channel)", "reason": "\(error)"])
            do { try await Task.sleep(for: pause) } catch { return .later }
            pause = min(pause * 2, Limits.deliveryPauseMax)
          }
        }
      }
      await note(parts: index + 1, of: post, inThread: target.root ?? posted.id)
    }
    return .posted
  }

  private func note(parts count: Int, of post: String, inThread root: String) async {
    do {
      try await store.notePosted(parts: count, of: post)
      try await store.joinThread(root)
    } catch {
      logger.error("posted part not noted", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }

  /// What a refused post means for the next try.
  private enum Refusal {
    case rootIsGone, final, passing

    init(_ error: MattermostError, target: ReplyTarget) {
      switch error.code {
      case .rejected where target.root != nil && error.serverID.contains("root_id"): self = .rootIsGone
      case .rejected, .forbidden, .notFound, .redirected, .notMattermost: self = .final
      default: self = .passing
      }
    }
  }
}
