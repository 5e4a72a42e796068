import Agents
import Core
import Logging

extension Event {
  /// The post, its author and its channel, as metadata of a log line.
  var logged: Logger.Metadata {
    MessageOrigin(channel: channel.id, channelName: channel.name, user: user.id, userName: user.name).logged
      .merging(["post": "\(post)"]) { $1 }
  }

  func logged(_ more: Logger.Metadata) -> Logger.Metadata { logged.merging(more) { $1 } }
}
