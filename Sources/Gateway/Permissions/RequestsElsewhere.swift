import Core
import MattermostIO
import RuleEngine
import Sessions

/// The permission requests that other gateways of the bot have posted, as far as their posts were seen.
///
/// Only the gateway that posted a request knows what answers it. So that it can claim the answer, others leave posts to it
/// for a moment that are written where the request is answered.
final class RequestsElsewhere {
  private struct Request {
    let channel: ChannelID
    /// The root of the thread in which it is.
    let root: PostID
    let milliseconds: Int64
  }

  /// By their posts.
  private var requests = FIFOCache<PostID, Request>(keeping: Limits.requestsElsewhereMax)

  /// Records one of the bot's new posts if it is the request of another gateway.
  ///
  /// - Parameter own: the requests of this gateway.
  func record(_ post: Post, own: PermissionRequests) {
    // An edit shows the outcome.
    guard post.editAt == 0, ChunkMark.isPermissionRequest(post.props.mark), !own.hasPosted(post.props.mark) else {
      return
    }
    requests[post.id] = Request(
      channel: post.channelID, root: post.rootID ?? post.id, milliseconds: post.createAt)
  }

  /// Forgets a request whose post was edited, which shows that it is over, or deleted.
  func remove(_ post: PostID) { requests.removeValue(forKey: post) }

  /// Returns whether a post may answer a request of another gateway.
  func mayBeAnswered(by event: Event, under rules: RuleSet) -> Bool {
    guard event.author == .human, !event.isEdit else { return false }
    return requests.values.contains { request in
      request.channel == event.channel.id && request.milliseconds < event.milliseconds
        && event.milliseconds <= request.milliseconds + Int64(rules.approvalSecondsMax + 1) * 1_000
        && (event.thread.root == request.root || event.channel.kind == .direct && event.thread.root == nil)
    }
  }
}

extension RuleSet {
  /// The most seconds for which a permission request may be answered.
  fileprivate var approvalSecondsMax: Int { agents.map { approvalSeconds(of: $0.name) }.max() ?? 0 }
}
