import Transport

/// What the refusal of a post is about.
///
/// Both are told of roots and channels that are there as well, by a Mattermost that has no database connection left to look
/// them up.
extension MattermostError {
  /// Whether the thread is at fault: its root is not there, is none, or is in another channel.
  package var isInvalidRoot: Bool {
    if code == .notFound { return place == .rest(method: "GET", route: "/posts/{post}/thread") }
    return serverID.contains("root_id")
  }

  /// Whether there is no such channel. The sentence is in the server's language, the parameter's name is not.
  package var isInvalidChannel: Bool {
    place == .rest(method: "POST", route: "/posts") && serverID.hasPrefix("api.context.invalid_")
      && serverMessage.contains("channel_id")
  }

  /// Whether a server that has too much to do answers so.
  var suggestsOverload: Bool {
    switch code {
    // 501 is Mattermost's for what is switched off.
    case .serverFailed: status != 501
    case .rejected: isInvalidRoot || isInvalidChannel
    case .transport:
      switch transport?.code {
      case .timedOut, .idle, .connectionLost: true
      default: false
      }
    default: false
    }
  }
}
