import AgentSessions
import Logging
import MattermostIO

extension Outbox {
  /// Asks whether a post was deleted. One that may not be read any more counts as there: another call will tell.
  ///
  /// - Throws: where the server cannot be asked.
  func isDeleted(_ post: String) async throws(MattermostError) -> Bool {
    do throws(MattermostError) {
      return try await client.post(post).deleteAt > 0
    } catch {
      if error.code == .unreadable { return false }
      guard error.isInaccessible else { throw error }
      return error.code == .notFound
    }
  }

  /// The deletion because of which a target is not to be answered; nil where what is asked is there.
  ///
  /// - Throws: where the server cannot be asked.
  func deletion(in target: ReplyTarget) async throws(MattermostError) -> Deletion? {
    guard let asked = target.asked, try await isDeleted(asked.post) else { return nil }
    // Where its thread went with it, its asker is told of that when the server refuses it.
    if let root = target.root, try await isDeleted(root) { return nil }
    return .message(asked.post)
  }

  /// Tells whoever asked in a thread, in a direct message, that it was deleted: once, whatever else they had asked there.
  /// Programs are not told.
  func tellAsker(ofDeletedThread root: String, _ target: ReplyTarget) async {
    guard let direct = target.direct, let asked = target.asked, let asker = asked.asker else { return }
    let text = CommandTexts.threadDeleted(in: asked.shownChannelName)
    await storeAndSend(Reply(id: "\(root)-deleted-\(asker)", text: text), to: direct)
  }

  /// Whether a post that could not be edited was deleted: the server answers as if one had no right to edit it.
  func isDeleted(_ place: PostState, asToldBy error: MattermostError) async -> Bool {
    guard case .at(let post, _) = place, error.isInaccessible else { return false }
    var pause = Limits.deliveryPauseFirst
    while true {
      do throws(MattermostError) {
        return try await isDeleted(post)
      } catch {
        logger.debug("post not looked for", metadata: ["post": "\(post)", "reason": "\(error)"])
      }
      // Without knowing, it could be posted a second time.
      do { try await Task.sleep(for: pause) } catch { return false }
      pause = min(pause * 2, Limits.deliveryPauseMax)
    }
  }
}
