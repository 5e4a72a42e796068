import Core
package import Logging
package import RuleEngine

/// The author and the location of a message, as agents may know them. Unknown values are empty.
package struct MessageOrigin: Sendable, Equatable, Codable {
  /// The post's id.
  package var post: String
  /// The id of the thread's root post; empty outside of threads.
  package var thread: String
  /// The channel's id.
  package var channel: String
  /// The channel's name in links.
  package var channelName: String
  /// The author's id.
  package var user: String
  /// The name of the author's account; empty in records of older versions.
  package var userName: String

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

extension MessageOrigin {
  /// The author and the channel for a log line: their names if they have any that people know, otherwise their ids.
  package var logged: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    let user = userName.isEmpty ? user : userName
    let channel = channelName.isEmpty || channelName.isChannelNameOfIDs ? channel : channelName
    if !user.isEmpty { metadata["user"] = "\(user)" }
    if !channel.isEmpty { metadata["channel"] = "\(channel)" }
    return metadata
  }

  /// Returns the value of a placeholder in the path of a project's folder.
  package func value(of placeholder: ProjectFolder.Placeholder) -> String {
    switch placeholder {
    case .channel: channelName
    case .channelID: channel
    case .user: userName
    case .userID: user
    }
  }
}
