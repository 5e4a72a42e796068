package import Core
package import Logging
package import RuleEngine

/// The author and the location of a message, as agents may know them. Unknown ids are `nil`, unknown names are empty.
package struct MessageOrigin: Sendable, Equatable {
  package var post: PostID?
  /// The root post of the thread; `nil` outside of threads.
  package var thread: PostID?
  package var channel: ChannelID?
  /// The channel's name in links.
  package var channelName: String
  /// The author.
  package var user: UserID?
  /// The name of the author's account; empty in records of older versions.
  package var userName: String

  package init(
    post: PostID? = nil, thread: PostID? = nil, channel: ChannelID? = nil, channelName: String = "",
    user: UserID? = nil, userName: String = ""
  ) {
    self.post = post
    self.thread = thread
    self.channel = channel
    self.channelName = channelName
    self.user = user
    self.userName = userName
  }
}

// An unknown id is stored as an empty text.
extension MessageOrigin: Decodable {
  private enum CodingKeys: String, CodingKey {
    case post, thread, channel, channelName, user, userName
  }

  package init(from decoder: any Decoder) throws {
    let origin = try decoder.container(keyedBy: CodingKeys.self)
    post = PostID(nonEmpty: try origin.decode(String.self, forKey: .post))
    thread = PostID(nonEmpty: try origin.decode(String.self, forKey: .thread))
    channel = ChannelID(nonEmpty: try origin.decode(String.self, forKey: .channel))
    channelName = try origin.decode(String.self, forKey: .channelName)
    user = UserID(nonEmpty: try origin.decode(String.self, forKey: .user))
    userName = try origin.decodeIfPresent(String.self, forKey: .userName) ?? ""
  }
}

extension MessageOrigin {
  package var json: JSON {
    [
      "post": .string(post?.rawValue ?? ""), "thread": .string(thread?.rawValue ?? ""),
      "channel": .string(channel?.rawValue ?? ""), "channelName": .string(channelName),
      "user": .string(user?.rawValue ?? ""), "userName": .string(userName),
    ]
  }
}

extension MessageOrigin {
  /// The author and the channel for a log line: their names if they have any that people know, otherwise their ids.
  package var logged: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    let hasChannelName = !channelName.isEmpty && !channelName.isChannelNameOfIDs
    if let user = userName.isEmpty ? user?.rawValue : userName { metadata["user"] = "\(user)" }
    if let channel = hasChannelName ? channelName : channel?.rawValue { metadata["channel"] = "\(channel)" }
    return metadata
  }

  /// Returns the value of a placeholder in the path of a project's folder.
  package func value(of placeholder: ProjectFolder.Placeholder) -> String {
    switch placeholder {
    case .channel: channelName
    case .channelID: channel?.rawValue ?? ""
    case .user: userName
    case .userID: user?.rawValue ?? ""
    }
  }
}
