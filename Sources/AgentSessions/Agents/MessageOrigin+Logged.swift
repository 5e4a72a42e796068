import Core
package import Logging

extension MessageOrigin {
  /// Who wrote the message and where, as a line of the log names them: by their names, where there are any that people know.
  package var logged: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    let user = userName.isEmpty ? user : userName
    let channel = channelName.isEmpty || channelName.isChannelNameOfIDs ? channel : channelName
    if !user.isEmpty { metadata["user"] = "\(user)" }
    if !channel.isEmpty { metadata["channel"] = "\(channel)" }
    return metadata
  }
}

extension TurnRequest {
  /// Which message it is, who wrote it where and who is to answer, as a line of the log names them.
  var logged: Logger.Metadata { origin.logged.merging(["post": "\(post)", "agent": "\(agent)"]) { $1 } }

  /// The same with a reason.
  func logged(_ reason: any Error) -> Logger.Metadata { logged.merging(["reason": "\(reason)"]) { $1 } }
}
