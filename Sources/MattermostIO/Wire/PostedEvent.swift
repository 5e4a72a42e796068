/// A new post, with what the server tells beside it.
public struct PostedEvent: Sendable, Equatable {
  /// The post itself.
  public var post: Post
  /// The channel's name in links.
  public var channelName: String
  /// The channel's name as people read it.
  public var channelDisplayName: String
  /// `O` public, `P` private, `D` direct, `G` group.
  public var channelType: String
  /// The author's name as the server writes it: with an `@`, or whatever name a webhook's post claims.
  public var senderName: String
  /// The team's id; empty in direct and group channels.
  public var teamID: String
  /// The ids of the users whom the server counts as mentioned; nil if it does not say.
  public var mentions: [String]?

  /// Puts a posted event together.
  public init(
    post: Post, channelName: String, channelDisplayName: String = "", channelType: String, senderName: String,
    teamID: String = "", mentions: [String]? = nil
  ) {
    self.post = post
    self.channelName = channelName
    self.channelDisplayName = channelDisplayName
    self.channelType = channelType
    self.senderName = senderName
    self.teamID = teamID
    self.mentions = mentions
  }
}
