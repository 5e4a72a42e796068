import MattermostIO

/// What a refused call means for the next try.
enum Refusal {
  /// The thread is at fault: its root is gone, of another channel, or no root at all.
  case wrongRoot
  /// Mattermost itself says that it will not do.
  case final
  /// It may do in a minute.
  case passing

  init(_ error: MattermostError, target: ReplyTarget) {
    if error.refusesThisFile {
      self = .final
      return
    }
    // Only what Mattermost itself says is final: a proxy's page may be another one in a minute.
    guard !error.serverID.isEmpty else {
      self = .passing
      return
    }
    switch error.code {
    case _ where target.root != nil && error.isAboutRoot: self = .wrongRoot
    case .rejected, .forbidden, .notFound: self = .final
    default: self = .passing
    }
  }
}

extension MattermostError {
  /// Whether an upload failed.
  var isAboutFile: Bool { place == .rest(method: "POST", route: "/files") }

  /// Whether an upload failed, and the same one always will.
  var refusesThisFile: Bool { isAboutFile && refusesFile }

  /// Whether somebody on the way takes no file, or none so large (413); 501 is Mattermost's where files are switched off.
  private var refusesFile: Bool {
    switch code {
    case .rejected, .forbidden, .notFound: true
    default: status == 501
    }
  }

  fileprivate var isAboutRoot: Bool {
    if code == .notFound { return place == .rest(method: "GET", route: "/posts/{post}/thread") }
    return serverID.contains("root_id")
  }
}
