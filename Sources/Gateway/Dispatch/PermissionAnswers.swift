import ConfigLoader
import Core
import Logging
import RuleEngine
import Sessions

/// Answers to permission requests, as posts and as emoji.
extension Dispatcher {
  /// Returns how a post answers an open permission request, or `nil` if it does not. Waits for a request that is just
  /// being posted.
  func permissionReading(of event: Event) async -> PermissionRequests.Reading? {
    if rules.allows(user: event.user.id) { await permissions.settled(before: event) }
    return permissions.reading(of: event)
  }

  /// Returns the conversation of a permission request that a post may answer, also of one that is being posted; `nil` if
  /// there is none.
  func sessionOfPermission(answeredBy event: Event) -> SessionKey? { permissions.session(forAnswer: event) }

  /// Returns how an emoji on a post answers an open permission request, or `nil` if it does not.
  func permissionReading(ofEmoji emoji: String, on post: PostID, by user: UserID) -> PermissionRequests.Reading? {
    permissions.reading(ofEmoji: emoji, on: post, by: user)
  }

  /// Answers a permission request, or posts that this user may not. Each user is told once for each request, so that no
  /// one can fill a thread.
  ///
  /// - Parameters:
  ///   - post: the post that answers, or has the emoji.
  ///   - reaction: the user who added the emoji, or `nil` if the post answers.
  func answerPermission(
    _ reading: PermissionRequests.Reading, by name: String, on post: PostID, reaction: UserID? = nil
  ) async -> EventOutcome {
    let metadata: Logger.Metadata = ["answer": "\(post)", "user": "\(name)"]
    switch reading {
    case .answer(let request, let position):
      let isTaken = permissions.answer(request, PermissionRequests.Choice(position: position, user: name))
      logger.info(
        "permission request answered", metadata: metadata.merging(["taken": .stringConvertible(isTaken)]) { $1 })
      return isTaken ? .answersQuestion : .dropped(.questionOver)
    case .forbidden(let request, let isPermanent):
      logger.info("user may not answer the permission request", metadata: metadata)
      guard let notice = permissions.notice(about: request, isPermanent: isPermanent, to: name) else {
        return .dropped(.mayNotAnswer)
      }
      await self.post(
        PermissionTexts.mayNotAnswer(name, asker: notice.asker, isPermanent: notice.isPermanent),
        to: ReplyTarget(channel: notice.channel, root: notice.root), as: .mayNotAnswer(post, reaction: reaction))
      return .dropped(.mayNotAnswer)
    }
  }
}
