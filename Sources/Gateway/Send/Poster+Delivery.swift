import AgentSessions
import FoundationEssentials
import Logging
import MattermostIO

extension Poster {
  /// Posts what is not out yet of a reply, telling the store of each part that is.
  ///
  /// Trouble that may pass is waited out, for as long as the task is not cancelled: a reply is not thrown away.
  func deliver(_ reply: Reply, to target: ReplyTarget) async -> Delivery {
    let parts = MessageSplitter(scalarsMax: target.maxLength).split(target.opened(reply.text))
    var target = target
    // Whether the server may have the part already: then it is looked for before it is posted.
    var mayBeOut = reply.isResumed
    for (index, part) in parts.enumerated().dropFirst(reply.partsPosted) {
      let part = Part(text: part, mark: "\(reply.id)-\(index)")
      var pause = Limits.deliveryPauseFirst
      let posted: Post
      while true {
        if Task.isCancelled { return .later }
        do throws(MattermostError) {
          let known = mayBeOut ? try await find(part, in: target) : nil
          mayBeOut = known != nil
          posted = if let known { known } else { try await post(part, to: target) }
          break
        } catch {
          let metadata: Logger.Metadata = ["reply": "\(part.mark)", "reason": "\(error)"]
          switch Refusal(error, target: target) {
          case .noSuchRoot:
            logger.warning("the thread to answer in is gone", metadata: metadata)
            target.root = nil
          case .final:
            logger.error("not posted, for good", metadata: metadata)
            return .refused
          case .passing:
            mayBeOut = mayBeOut || error.mayBeTaken
            logger.warning("not posted yet", metadata: metadata)
            do { try await Task.sleep(for: pause * .random(in: 0.5...1)) } catch { return .later }
            pause = min(pause * 2, Limits.deliveryPauseMax)
          }
        }
      }
      await note(parts: index + 1, of: reply, inThread: target.root ?? posted.id)
    }
    return .posted
  }

  /// A post of a reply, and what it is known by: a restart changes neither.
  private struct Part {
    var text: String
    var mark: String
  }

  private func post(_ part: Part, to target: ReplyTarget) async throws(MattermostError) -> Post {
    try await client.createPost(
      in: target.channel, message: part.text, root: target.root, mark: part.mark,
      pendingPostID: "\(bot.id):\(part.mark)")
  }

  /// The part among the posts of its thread, or of its channel since what it answers was asked.
  private func find(_ part: Part, in target: ReplyTarget) async throws(MattermostError) -> Post? {
    let posts =
      if let root = target.root {
        try await client.thread(of: root)
      } else {
        try await client.posts(in: target.channel, since: target.asked?.milliseconds ?? 1)
      }
    return posts.first { $0.userID == bot.id && $0.props.mark == part.mark && $0.originalID.isEmpty }
  }

  private func note(parts count: Int, of reply: Reply, inThread root: String) async {
    do {
      try await store.notePosted(parts: count, of: reply.id, inThread: root)
    } catch {
      logger.error("posted part not noted", metadata: ["reply": "\(reply.id)", "reason": "\(error)"])
    }
  }
}

/// What a refused call means for the next try.
private enum Refusal {
  case noSuchRoot, final, passing

  init(_ error: MattermostError, target: ReplyTarget) {
    // Only what Mattermost itself says is final: a proxy's page may be another one in a minute.
    guard !error.serverID.isEmpty else {
      self = .passing
      return
    }
    switch error.code {
    case _ where target.root != nil && error.isAboutRoot: self = .noSuchRoot
    case .rejected, .forbidden, .notFound: self = .final
    default: self = .passing
    }
  }
}

extension MattermostError {
  /// Whether the thread is at fault: its root is gone, of another channel, or no root at all.
  fileprivate var isAboutRoot: Bool {
    if code == .notFound { return place == .rest(method: "GET", route: "/posts/{post}/thread") }
    return serverID.contains("root_id")
  }
}
