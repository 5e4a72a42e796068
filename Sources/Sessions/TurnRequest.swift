package import Agents
package import Core
package import FoundationEssentials
import Logging
package import RuleEngine
package import Tracing

/// A message for a session, with all that answering it takes.
package struct TurnRequest: Sendable {
  package var claim: Claim
  package var user: UserID
  /// The user's name, as agents are told it.
  package var speaker: String
  /// The question to the agent.
  package var message: String
  /// True if `message` is one of the agent's own commands. See `AgentRequest.isAgentCommand`.
  package var isAgentCommand = false
  /// Messages that joined the turn that is repeated. See `AgentRequest.more`.
  package var more: [ChatMessage] = []
  /// The agent's name in the rules file.
  package var agent: String
  /// When the conversation starts over.
  package var session: SessionPolicy
  /// The policy for the message while the session is busy.
  package var busy: BusyPolicy
  /// The location of the answer: messages that are answered in different places do not share a turn.
  package var location: ReplyLocation
  package var origin: MessageOrigin
  /// When the message was written, by the clock that the sessions use; `nil` if that is unknown.
  package var askedAt: Date?
  package var files: [AttachedFile]
  /// The owner's data to submit the message again after a restart; opaque to the session.
  package var payload: String
  /// True if people see the agent's activity beside its text.
  package var showsActivity: Bool
  package var delegate: any TurnDelegate
  /// The span of the message, under which its turn is traced; `nil` if it is not traced.
  package var span = Span.current

  package init(
    claim: Claim, user: UserID, speaker: String, message: String, agent: String,
    session: SessionPolicy = SessionPolicy(), busy: BusyPolicy = BusyPolicy(), location: ReplyLocation,
    origin: MessageOrigin = MessageOrigin(), askedAt: Date? = nil, files: [AttachedFile] = [], payload: String,
    showsActivity: Bool = false, delegate: any TurnDelegate
  ) {
    self.claim = claim
    self.user = user
    self.speaker = speaker
    self.message = message
    self.agent = agent
    self.session = session
    self.busy = busy
    self.location = location
    self.origin = origin
    self.askedAt = askedAt
    self.files = files
    self.payload = payload
    self.showsActivity = showsActivity
    self.delegate = delegate
  }
}

/// A channel, or a thread in it, where a reply goes.
package struct ReplyLocation: Sendable, Hashable {
  package var channel: ChannelID
  /// The root of the thread; `nil` for the channel itself.
  package var root: PostID?

  package init(channel: ChannelID, root: PostID? = nil) {
    self.channel = channel
    self.root = root
  }
}

extension TurnRequest {
  /// The question to the agent, as one text.
  var words: String {
    more.isEmpty ? message : ([ChatMessage(speaker: speaker, text: message, files: files)] + more).transcript
  }

  /// The post that the message is made of.
  var source: SourcePost {
    SourcePost(post: origin.post ?? claim.post, root: origin.thread, channel: origin.channel, files: files)
  }
}

/// A post of which a message, and so an exchange, is made: if it is deleted, they are forgotten.
struct SourcePost: Sendable, Equatable {
  var post: PostID
  /// The root of its thread; `nil` in the channel itself.
  var root: PostID?
  /// `nil` if it is unknown.
  var channel: ChannelID?
  var files: [AttachedFile]
}

extension TurnRequest {
  /// The message, its author, its place and the agent, as metadata of a log line.
  var logged: Logger.Metadata { origin.logged.merging(["post": "\(claim)", "agent": "\(agent)"]) { $1 } }

  /// The same with a reason.
  func logged(_ reason: any Error) -> Logger.Metadata { logged.merging(["reason": "\(reason)"]) { $1 } }
}
