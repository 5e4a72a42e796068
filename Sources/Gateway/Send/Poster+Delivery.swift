import AgentSessions
import Logging
import MattermostIO

extension Poster {
  /// Posts what is not out yet of a reply, telling the store of each part that is. The first part may have begun to grow.
  ///
  /// Trouble that may pass is waited out, for as long as the task is not cancelled: a reply is not thrown away.
  func deliver(
    _ reply: Reply, to target: ReplyTarget, in voice: Voice, growing: GrowingPost? = nil
  ) async -> Delivery {
    var target = target
    var place = await growing?.place ?? (reply.isResumed ? .unsure : .nowhere)
    let parts = parts(of: reply.text, to: target, in: voice)
    for (index, text) in parts.enumerated().dropFirst(reply.partsPosted) {
      var part = ReplyPart(text, number: index, of: reply.id)
      var isRootWrong = false
      var pause = Limits.deliveryPauseFirst
      let posted: String
      let wasSought: Bool
      while true {
        if Task.isCancelled { return .later }
        do throws(MattermostError) {
          if isRootWrong { target.root = try await rightRoot(of: target) }
          isRootWrong = false
          let isSought = place == .unsure
          if isSought { place = try await find(part, in: target) }
          posted = try await put(part, place, in: target)
          wasSought = isSought && place != .nowhere
          break
        } catch {
          let metadata: Logger.Metadata = ["part": "\(part.mark)", "reason": "\(error)"]
          switch Refusal(error, target: target) {
          case .wrongRoot:
            logger.warning("the thread to answer in is gone", metadata: metadata)
            isRootWrong = true
          case .final:
            if case .at = place {
              // It was deleted, or may no longer be edited: then it is posted anew.
              logger.warning("post not edited", metadata: metadata)
              part.mark += "+"
              place = .unsure
              continue
            }
            logger.error("not posted, for good", metadata: metadata)
            await tellAsker(of: target, that: error, keeps: reply)
            return .refused
          case .passing:
            if place == .nowhere, error.mayBeTaken { place = .unsure }
            logger.warning("not posted yet", metadata: metadata)
            do { try await Task.sleep(for: pause * .random(in: 0.5...1)) } catch { return .later }
            pause = min(pause * 2, Limits.deliveryPauseMax)
          }
        }
      }
      await note(parts: index + 1, of: reply, inThread: target.root ?? posted)
      // Where one was out that nobody had noted, the next may be.
      place = wasSought ? .unsure : .nowhere
    }
    return .posted
  }

  /// Brings a part's post to what it is to say, and returns the post's id.
  private func put(
    _ part: ReplyPart, _ place: Whereabouts, in target: ReplyTarget
  ) async throws(MattermostError) -> String {
    guard case .at(let post, let text) = place else { return try await self.post(part, to: target, .answer).id }
    if text != part.text { try await edit(post, to: part.text, .answer) }
    return post
  }

  /// The root of the thread that a reply was wrongly taken for the root of; nil where there is no thread to answer in.
  private func rightRoot(of target: ReplyTarget) async throws(MattermostError) -> String? {
    guard let wrong = target.root else { return nil }
    do throws(MattermostError) {
      let post = try await client.post(wrong)
      return post.channelID == target.channel && !post.rootID.isEmpty ? post.rootID : nil
    } catch {
      guard error.code == .notFound || error.code == .forbidden else { throw error }
      return nil
    }
  }

  private func note(parts count: Int, of reply: Reply, inThread root: String) async {
    do {
      try await store.notePosted(parts: count, of: reply.id, inThread: root)
    } catch {
      logger.error("posted part not noted", metadata: ["reply": "\(reply.id)", "reason": "\(error)"])
    }
  }
}
