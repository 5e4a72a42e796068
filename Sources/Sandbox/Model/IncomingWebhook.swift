/// An incoming webhook: a program that knows its id can post by its owner's account.
struct IncomingWebhook: Sendable, Equatable {
  let id: String
  let displayName: String
  /// The user that created it.
  let ownerID: String
  let teamID: String
  /// The channel of posts that name none.
  let channelID: String
}
