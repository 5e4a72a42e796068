/// A post, for tests and for its explanation.
package struct SandboxPost: Sendable, Equatable {
  package let id: String
  /// The username of the author.
  package let author: String
  package let channelID: String
  /// The id of the root post, or `nil` if it is not a reply.
  package let rootID: String?
  package let message: String
  /// Empty for posts of users; `system_…` for posts of the server.
  package let type: String
  /// Milliseconds since 1970 (UTC); different for each post.
  package let createAt: Int
  /// The texts of the attached files, by their names.
  package let files: [String: String]
  /// The names of the reactions, in the order in which they were added.
  package let reactions: [String]
  /// The names of the users that the server notifies of it.
  package let rings: [String]
  package let isEdited: Bool
  /// True if the bot is in the channel, or the channel is open.
  package let botMayRead: Bool
}
