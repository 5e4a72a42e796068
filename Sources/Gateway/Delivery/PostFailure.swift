import MattermostIO
import Sessions

/// The meaning of a failed call for the next try.
enum PostFailure {
  /// Mattermost itself refuses it.
  case final
  /// It says that something is missing, which may exist all the same: that has to be looked up.
  case doubtful(Missing)
  /// It may succeed in a minute.
  case transient

  /// The thing for which a post or an edit is refused.
  enum Missing {
    /// The root of the thread.
    case root
    case channel
    /// The post that is to be edited, or the time or the right to edit it.
    case post
  }

  /// - Parameter state: the known state of the post before the call.
  init(_ error: MattermostError, in target: ReplyTarget, state: PostState) {
    if error.refusesThisFile {
      self = .final
      return
    }
    // Only Mattermost's own refusal is final: a proxy's page may be another one in a minute. A failed look-up
    // decides nothing.
    guard !error.serverID.isEmpty, !error.isReadingPost else {
      self = .transient
      return
    }
    switch error.code {
    case _ where target.root != nil && error.isInvalidRoot: self = .doubtful(.root)
    case _ where error.isInvalidChannel || error.deniesPost: self = .doubtful(.channel)
    case .rejected, .forbidden, .notFound:
      if case .exists = state, error.isEditing { self = .doubtful(.post) } else { self = .final }
    default: self = .transient
    }
  }
}

/// Counts how often in a row a post was refused, as far as that may be the post's own fault.
struct FailureCount {
  private var count = 0
  private var countMax = Limits.refusedTriesMax

  /// Counts a failed call, and returns whether that is one too many. A call that reached no server, or was refused
  /// whatever it said, does not count.
  mutating func isExceeded(by error: MattermostError, _ failure: PostFailure) -> Bool {
    guard error.refusesPost else { return false }
    count += 1
    countMax =
      switch failure {
      case .doubtful: error.deniesPost ? Limits.deniedTriesMax : Limits.failedTriesMax
      case .transient, .final: error.code == .serverFailed ? Limits.failedTriesMax : Limits.refusedTriesMax
      }
    return count >= countMax
  }

  /// True if one more would be one too many.
  var isNextLast: Bool { count + 1 >= countMax }
}

extension MattermostError {
  /// True if an upload failed.
  var isUploading: Bool { operation == .api(.uploadFile) }

  /// True if an edit failed.
  var isEditing: Bool { operation == .api(.patchPost) }

  private var isPosting: Bool { operation == .api(.createPost) }

  fileprivate var isReadingPost: Bool { operation == .api(.post) }

  /// True if an upload failed, and the same one always will.
  var refusesThisFile: Bool { isUploading && refusesFile }

  /// True if the server or a proxy accepts no file, or none so large (413); 501 is Mattermost's if files are switched
  /// off.
  private var refusesFile: Bool {
    switch code {
    case .rejected, .forbidden, .notFound: true
    default: status == 501
    }
  }

  /// True if Mattermost says that the bot may not post there. It also says so if it could not look up that the bot may.
  fileprivate var deniesPost: Bool { code == .forbidden && !serverID.isEmpty && isPosting }

  /// True if a post, an edit or an upload was refused, for which its content may be the reason.
  var refusesPost: Bool {
    guard status != nil, code != .unauthorized, code != .loginRequired, code != .tooManyRequests else { return false }
    return isUploading || isEditing || isPosting
  }
}
