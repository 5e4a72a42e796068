/// Where a message was written and by whom, as agents may be told.
public struct MessageOrigin: Sendable, Equatable, Codable {
  /// The post's id.
  public var post: String
  /// The root post of its thread; empty in the channel itself.
  public var thread: String
  /// The channel's id.
  public var channel: String
  /// The channel's name in links.
  public var channelName: String
  /// The author's id.
  public var user: String

  /// States an origin; what is left out is empty.
  public init(
    post: String = "", thread: String = "", channel: String = "", channelName: String = "", user: String = ""
  ) {
    self.post = post
    self.thread = thread
    self.channel = channel
    self.channelName = channelName
    self.user = user
  }
}
