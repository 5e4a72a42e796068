import AgentSessions
import Core
import FoundationEssentials
import RuleEngine

/// What it takes to submit a message again after a restart, as it is kept in the store.
struct PendingTurn: Sendable, Equatable, Codable {
  /// The id under which the event was claimed.
  var post: String
  var user: String
  /// Who asks, as agents are told it: see `Author.speaker`.
  var speaker: String
  var message: String
  /// Whether `message` is a command of the agent's own, from somebody who may give it; `nil` if it is not.
  var isAgentCommand: Bool?
  var agent: String
  var session: SessionPolicy
  var busy: BusyPolicy
  var target: ReplyTarget
  /// Whether it asks the last message again instead of `message`.
  var isRetry: Bool
  /// Where the message was written; nil in what an older edgecrab kept.
  var origin: MessageOrigin?
  /// The files that hang on it; nil in what an older edgecrab kept.
  var files: [AttachedFile]?
  /// How its answer comes; nil in what an older edgecrab kept.
  var manners: ReplyOptions?

  /// How an answer comes, beside where.
  struct ReplyOptions: Sendable, Equatable, Codable {
    /// Whether it appears while it is written.
    var streams: Bool
    /// Whether the question bears an emoji meanwhile.
    var reacts: Bool
  }

  /// Reads one; nil where an edgecrab with other ideas wrote it.
  init?(payload: String) {
    guard let read = try? JSONDecoder().decode(PendingTurn.self, from: Data(payload.utf8)) else { return nil }
    self = read
  }

  init(
    post: String, user: String, speaker: String, message: String, agent: String,
    session: SessionPolicy, busy: BusyPolicy, target: ReplyTarget, isRetry: Bool, origin: MessageOrigin,
    files: [AttachedFile], manners: ReplyOptions
  ) {
    self.post = post
    self.user = user
    self.speaker = speaker
    self.message = message
    self.agent = agent
    self.session = session
    self.busy = busy
    self.target = target
    self.isRetry = isRetry
    self.origin = origin
    self.files = files
    self.manners = manners
  }

  /// The name of the account that asks.
  var userName: String { origin.flatMap { $0.userName.isEmpty ? nil : $0.userName } ?? speaker }

  /// The request for the session, which keeps this beside it.
  func request(_ voice: TurnPresenter, _ door: AttachmentFetcher, _ hooks: TurnHooks, _ questions: PermissionPrompt)
    throws
    -> TurnRequest
  {
    var origin = origin ?? MessageOrigin()
    origin.userName = userName
    var request = TurnRequest(
      post: post, user: user, speaker: speaker, message: message, agent: agent, session: session, busy: busy,
      place: "\(target.channel) \(target.root ?? "")", origin: origin,
      askedAt: target.asked.map { Date(timeIntervalSince1970: Double($0.milliseconds) / 1_000) }, files: files ?? [],
      payload: String(decoding: try JSONEncoder().encode(self), as: UTF8.self),
      showsWork: manners?.streams == true, accompany: voice.accompany,
      fetch: door.fetch, context: voice.context, mayBegin: hooks.mayBegin, permit: questions.ask,
      beganAnew: voice.beganAnew, over: hooks.over, unanswered: voice.unanswered,
      explain: voice.explain, deliver: voice.deliver, abandon: voice.abandon, withdrawn: voice.withdrawn)
    request.isAgentCommand = isAgentCommand == true
    return request
  }
}
