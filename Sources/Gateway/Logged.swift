import AgentSessions
import Core
import Logging

extension Event {
  /// Which post it is, who wrote it and where, as a line of the log names them.
  var logged: Logger.Metadata {
    MessageOrigin(channel: channel.id, channelName: channel.name, user: user.id, userName: user.name).logged
      .merging(["post": "\(post)"]) { $1 }
  }

  /// The same with more.
  func logged(_ more: Logger.Metadata) -> Logger.Metadata { logged.merging(more) { $1 } }
}

extension PendingTurn {
  /// Which message it is, who wrote it where and who is to answer, as a line of the log names them.
  func logged(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
    var origin = origin ?? MessageOrigin(channel: target.channel, user: user)
    origin.userName = userName
    return origin.logged.merging(["post": "\(post)", "agent": "\(agent)"]) { $1 }.merging(more) { $1 }
  }
}
