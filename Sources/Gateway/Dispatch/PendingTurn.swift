import Agents
import Core
import FoundationEssentials
import Logging
import RuleEngine
import Sessions
import Tracing

/// A message for a session with all that submitting it takes, again after a restart: the payload of a `TurnRequest`.
struct PendingTurn: Sendable, Equatable {
  var claim: Claim
  var user: UserID
  /// The user's name, as agents are told it. See `Author.speaker`.
  var speaker: String
  var message: String
  /// True if `message` is one of the agent's own commands, from a user who may give it; `nil` if it is not.
  var isAgentCommand: Bool?
  var agent: String
  var session: SessionPolicy
  var busy: BusyPolicy
  var target: ReplyTarget
  /// True if it asks the last message again instead of `message`.
  var isRetry: Bool
  /// The place where the message was written; `nil` in turns that an older version stored.
  var origin: MessageOrigin?
  /// The files of the message; `nil` in turns that an older version stored.
  var files: [AttachedFile]?
  /// The options of the reply; `nil` in turns that an older version stored.
  var replyOptions: ReplyOptions?
  /// The span of the message as a `traceparent`; `nil` if it was not traced.
  var traceparent: String?

  /// The ways in which an answer appears.
  struct ReplyOptions: Sendable, Equatable, Decodable {
    /// True if it appears while it is written.
    var streams: Bool
    /// The emoji that the question gets.
    var reactions: ReplyReactions

    private enum CodingKeys: String, CodingKey {
      case streams
      case reactions = "reacts"
    }
  }

  init(
    _ event: Event, rule: Rule, agent: String, message: String, files: [AttachedFile] = [], isRetry: Bool = false
  ) {
    claim = event.claim
    user = event.user.id
    speaker = event.speaker
    self.message = message
    self.agent = agent
    session = rule.session
    busy = rule.busy
    target = ReplyTarget(event, policy: rule.reply, scope: rule.session.scope)
    self.isRetry = isRetry
    origin = MessageOrigin(event)
    self.files = files
    replyOptions = ReplyOptions(streams: rule.reply.stream, reactions: rule.reply.reactions)
    traceparent = Span.current?.context.traceparent
  }

  /// The name of the user's account.
  var userName: String { origin.flatMap { $0.userName.isEmpty ? nil : $0.userName } ?? speaker }

  /// The post that the message is made of.
  var post: PostID { origin?.post ?? claim.post }

  /// The root of the thread in which the message is; `nil` in the channel itself.
  var threadRoot: PostID? { origin?.thread }

  /// Returns the request for the session.
  func request(_ delegate: some TurnDelegate) -> TurnRequest {
    var origin = origin ?? MessageOrigin()
    origin.userName = userName
    var request = TurnRequest(
      claim: claim, user: user, speaker: speaker, message: message, agent: agent, session: session, busy: busy,
      location: ReplyLocation(channel: target.channel, root: target.root), origin: origin,
      askedAt: target.question.map { Date(timeIntervalSince1970: Double($0.milliseconds) / 1_000) },
      files: files ?? [], payload: payload, showsActivity: replyOptions?.streams == true, delegate: delegate)
    request.isAgentCommand = isAgentCommand == true
    return request
  }

  /// The message, its author, its place and the agent, as metadata of a log line.
  func logged(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
    var origin = origin ?? MessageOrigin(channel: target.channel, user: user)
    origin.userName = userName
    return origin.logged.merging(["post": "\(claim)", "agent": "\(agent)"]) { $1 }.merging(more) { $1 }
  }
}

extension PendingTurn: Decodable {
  private enum CodingKeys: String, CodingKey {
    case user, speaker, message, isAgentCommand, agent, session, busy, target, isRetry, origin, files, traceparent
    case claim = "post"
    case replyOptions = "manners"
  }

  /// Reads a payload; returns `nil` if another version wrote it in another form.
  init?(payload: String) {
    guard let read = try? JSONDecoder().decode(PendingTurn.self, from: Data(payload.utf8)) else { return nil }
    self = read
  }

  /// The turn as the store has it. It is written member by member: synthesized encoding took as long as a tenth of an
  /// answer by `echo`.
  var payload: String {
    JSON.object(
      present: [
        "post": .string(claim.text), "user": .string(user.rawValue), "speaker": .string(speaker),
        "message": .string(message), "isAgentCommand": isAgentCommand.map { .bool($0) }, "agent": .string(agent),
        "session": session.json, "busy": busy.json, "target": target.json, "isRetry": .bool(isRetry),
        "origin": origin?.json, "files": files.map { .array($0.map(\.json)) }, "manners": replyOptions?.json,
        "traceparent": traceparent.map { .string($0) },
      ]
    ).text
  }
}

extension PendingTurn.ReplyOptions {
  fileprivate var json: JSON {
    let reacts: JSON =
      switch reactions {
      case .progress: true
      case .off: false
      case .all: .string(reactions.rawValue)
      }
    return ["streams": .bool(streams), "reacts": reacts]
  }
}

extension SessionPolicy {
  fileprivate var json: JSON {
    .object(
      present: [
        "scope": .string(scope.rawValue), "idleSeconds": idleSeconds.map { .int($0) }, "turns": turns.map { .int($0) },
        "context": context.map { .int($0) },
      ])
  }
}

extension BusyPolicy {
  fileprivate var json: JSON { ["mode": .string(mode.rawValue), "max": .int(max)] }
}

extension AttachedFile {
  fileprivate var json: JSON {
    ["id": .string(id), "name": .string(name), "mediaType": .string(mediaType), "size": .int(size)]
  }
}

extension MessageOrigin {
  init(_ event: Event) {
    self.init(
      post: event.post, thread: event.thread.root, channel: event.channel.id, channelName: event.channel.name,
      user: event.user.id, userName: event.user.name)
  }
}
