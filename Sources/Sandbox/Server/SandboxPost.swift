/// A post as the sandbox shows it to tests.
public struct SandboxPost: Sendable, Equatable {
  /// The post's id.
  public let id: String
  /// The author's username.
  public let author: String
  /// The channel's id.
  public let channelID: String
  /// The root of the thread that it answers in; `nil` when it stands in the channel itself.
  public let rootID: String?
  /// What it says.
  public let message: String
  /// Empty for what somebody wrote; `system_…` for what the server says.
  public let type: String
  /// Milliseconds since 1970; no two posts share one.
  public let createAt: Int
  /// The texts of the files on it, by their names.
  public let files: [String: String]
  /// The emojis on it by their names, in the order in which they were put there.
  public let reactions: [String]
  /// Whom it rings, by name, as the server finds them when it is posted.
  public let rings: [String]
  /// Whether it was changed after it was sent.
  public let isEdited: Bool
}
