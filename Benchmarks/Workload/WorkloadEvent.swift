package import Core

/// An event of the workload.
package struct WorkloadEvent {
  package var channel: String
  package var kind: ChannelKind
  package var team: String
  package var user: String
  package var mentionsBot: Bool
  package var text: String
  var command: String?
  package var isReply: Bool
  package var hasFiles: Bool
  var milliseconds: Int64

  var event: Event {
    Event(
      post: "post", team: TeamID(nonEmpty: team), channel: Channel(id: ChannelID(channel), name: channel, kind: kind),
      user: User(id: UserID(user), name: user), mention: mentionsBot ? .direct : .none,
      thread: isReply ? .reply(root: "root", joined: false) : .root, text: text, botName: "edgecrab",
      hasFiles: hasFiles, milliseconds: milliseconds)
  }

  /// The line of an event file. The texts need no JSON escapes.
  var line: String {
    var line = #"{"user":"\#(user)","channel":"\#(channel)","kind":"\#(kind.rawValue)","text":"\#(text)""#
    line += #","mention":"\#(mentionsBot ? "direct" : "none")","thread":"\#(isReply ? "reply" : "root")""#
    line += #","files":\#(hasFiles),"at":\#(milliseconds)"#
    if !team.isEmpty { line += #","team":"\#(team)""# }
    return line + "}"
  }
}
