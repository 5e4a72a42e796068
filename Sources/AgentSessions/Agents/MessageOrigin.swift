/// Where a message was written and by whom, as agents may be told.
package struct MessageOrigin: Sendable, Equatable, Codable {
  /// The post's id.
  package var post: String
  /// The root post of its thread; empty in the channel itself.
  package var thread: String
  /// The channel's id.
  package var channel: String
  /// The channel's name in links.
  package var channelName: String
  /// The author's id.
  package var user: String
  /// The author's name, which is its account's; empty in what an older edgecrab kept.
  package var userName: String

  /// States an origin; what is left out is empty.
  package init(
    post: String = "", thread: String = "", channel: String = "", channelName: String = "", user: String = "",
    userName: String = ""
  ) {
    self.post = post
    self.thread = thread
    self.channel = channel
    self.channelName = channelName
    self.user = user
    self.userName = userName
  }

  /// Reads what the store kept.
  package init(from decoder: any Decoder) throws {
    let origin = try decoder.container(keyedBy: CodingKeys.self)
    post = try origin.decode(String.self, forKey: .post)
    thread = try origin.decode(String.self, forKey: .thread)
    channel = try origin.decode(String.self, forKey: .channel)
    channelName = try origin.decode(String.self, forKey: .channelName)
    user = try origin.decode(String.self, forKey: .user)
    userName = try origin.decodeIfPresent(String.self, forKey: .userName) ?? ""
  }
}
