import MattermostIO

/// What a refused call means for the next try.
enum PostFailure {
  /// Mattermost itself says that it will not do.
  case final
  /// It says that something is missing, which may be there all the same: that has to be looked up.
  case doubtful(Missing)
  /// It may do in a minute.
  case passing

  /// What a post or an edit may be refused for.
  enum Missing {
    /// The root of the thread.
    case root
    /// The channel.
    case channel
    /// The post that is to be edited, or the time or the right to edit it.
    case post
  }

  /// - Parameter place: what was known of the post before the call.
  init(_ error: MattermostError, in target: ReplyTarget, at place: PostState) {
    if error.refusesThisFile {
      self = .final
      return
    }
    // Only what Mattermost itself says is final: a proxy's page may be another one in a minute. A look-up decides nothing
    // by failing.
    guard !error.serverID.isEmpty, error.place != .rest(method: "GET", route: "/posts/{post}") else {
      self = .passing
      return
    }
    switch error.code {
    case _ where target.root != nil && error.isInvalidRoot: self = .doubtful(.root)
    case _ where error.isInvalidChannel || error.deniesPost: self = .doubtful(.channel)
    case .rejected, .forbidden, .notFound:
      if case .at = place, error.isAboutEdit { self = .doubtful(.post) } else { self = .final }
    default: self = .passing
    }
  }
}

/// How often in a row a post was refused, as far as that may be the post's own fault.
struct FailureCount {
  private var count = 0
  private var countMax = Limits.refusedTriesMax

  /// Counts a failed call, and returns whether that is one too many. A call that found nobody there, or was refused whatever
  /// it said, does not count.
  mutating func count(_ error: MattermostError, _ refusal: PostFailure) -> Bool {
    guard error.refusesPost else { return false }
    count += 1
    countMax =
      switch refusal {
      case .doubtful: error.deniesPost ? Limits.deniedTriesMax : Limits.failedTriesMax
      case .passing, .final: error.code == .serverFailed ? Limits.failedTriesMax : Limits.refusedTriesMax
      }
    return count >= countMax
  }

  /// Whether one more would be one too many.
  var isNextLast: Bool { count + 1 >= countMax }
}

extension MattermostError {
  /// Whether an upload failed.
  var isAboutFile: Bool { place == .rest(method: "POST", route: "/files") }

  /// Whether an edit failed.
  var isAboutEdit: Bool { place == .rest(method: "PUT", route: "/posts/{post}/patch") }

  /// Whether an upload failed, and the same one always will.
  var refusesThisFile: Bool { isAboutFile && refusesFile }

  /// Whether somebody on the way takes no file, or none so large (413); 501 is Mattermost's where files are switched off.
  private var refusesFile: Bool {
    switch code {
    case .rejected, .forbidden, .notFound: true
    default: status == 501
    }
  }

  /// Whether Mattermost says that the bot may not post there. It says so too where it could not look up that the bot may.
  fileprivate var deniesPost: Bool {
    code == .forbidden && !serverID.isEmpty && place == .rest(method: "POST", route: "/posts")
  }

  /// Whether somebody answered a post, an edit or an upload with a refusal that its content may be the reason for.
  var refusesPost: Bool {
    guard status != nil, code != .unauthorized, code != .tooManyRequests else { return false }
    return isAboutFile || isAboutEdit || place == .rest(method: "POST", route: "/posts")
  }
}
