/// A post as the sandbox shows it to tests.
package struct SandboxPost: Sendable, Equatable {
  /// The post's id.
  package let id: String
  /// The author's username.
  package let author: String
  /// The channel's id.
  package let channelID: String
  /// The root of the thread that it answers in; `nil` when it stands in the channel itself.
  package let rootID: String?
  /// What it says.
  package let message: String
  /// Empty for what somebody wrote; `system_…` for what the server says.
  package let type: String
  /// Milliseconds since 1970; no two posts share one.
  package let createAt: Int
  /// The texts of the files on it, by their names.
  package let files: [String: String]
  /// The emojis on it by their names, in the order in which they were put there.
  package let reactions: [String]
  /// Whom it rings, by name, as the server finds them when it is posted.
  package let rings: [String]
  /// Whether it was changed after it was sent.
  package let isEdited: Bool
}
