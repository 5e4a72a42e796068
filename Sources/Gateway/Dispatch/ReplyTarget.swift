import Core
import FoundationEssentials
import RuleEngine

/// Where answers to one event go, as it outlives a restart.
struct ReplyTarget: Sendable, Equatable, Codable {
  /// The channel's id; empty for a recipient's direct channel that is not looked up yet.
  var channel: String
  /// The root post of the thread, or nil for the channel itself.
  var root: String?
  /// The name that each answer begins with: the asker's where the rule says so, else nothing.
  var opening: String
  /// The most Unicode scalars of a post.
  var maxLength: Int
  /// What is answered; nil in what an older edgecrab kept.
  var asked: Asked?
  /// The user whose direct channel it is, where that is not where the answer was asked for.
  var recipient: String?
  /// Whose words go there; nil for edgecrab's own.
  var voice: Outbox.Voice?

  /// The post that is answered.
  struct Asked: Sendable, Equatable, Codable {
    /// Its id.
    var post: String
    /// When it was written, or edited, by the server's clock.
    var milliseconds: Int64
    /// Its author's id, where that is a person.
    var asker: String?
    /// The name of its channel.
    var channelName: String
  }

  /// Where a rule sends answers to an event.
  init(_ event: Event, policy: ReplyPolicy, scope: SessionScope) {
    channel = event.channel.id
    root =
      switch policy.to {
      case .channel: nil
      case .thread: event.thread.root ?? event.post
      // A conversation of a thread's own needs the thread, or nobody could go on with it.
      case .auto: event.thread.root ?? (scope == .thread ? event.post : nil)
      }
    opening = policy.mentionSender ? "@\(event.user.name)" : ""
    maxLength = policy.maxLength
    asked = Asked(
      post: event.post, milliseconds: event.milliseconds, asker: event.author == .human ? event.user.id : nil,
      channelName: event.channel.name)
  }

  /// A channel, with nobody to be told where nothing can be posted there.
  init(channel: String) {
    self.channel = channel
    opening = ""
    maxLength = ReplyPolicy.defaultMaxLength
  }

  /// The direct channel of whoever asked, for an answer that cannot be posted where it was asked for: only the asker hears
  /// it there. Nil where no person asked.
  var direct: ReplyTarget? {
    guard let asker = asked?.asker else { return nil }
    var direct = ReplyTarget(channel: "")
    direct.recipient = asker
    direct.voice = .agent
    direct.maxLength = maxLength
    direct.asked = asked
    direct.asked?.asker = nil
    return direct
  }

  /// The lane of its channel.
  var lane: String { channel.isEmpty ? recipient ?? "" : channel }

  /// Reads one that the store kept; nil where an edgecrab with other ideas wrote it.
  init?(payload: String) {
    guard let read = try? JSONDecoder().decode(ReplyTarget.self, from: Data(payload.utf8)) else { return nil }
    self = read
  }

  /// Itself as the store keeps it.
  var payload: String {
    // Texts and numbers of our own cannot fail to encode.
    (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Returns a text that a post shows without the opening.
  func unopened(_ text: String) -> String {
    guard !opening.isEmpty, text.hasPrefix(opening) else { return text }
    return String(text.dropFirst(opening.count).drop(while: \.isWhitespace))
  }

  /// A text behind the opening; below it where it has several lines, since a table or a block of code that begins behind
  /// a name is none.
  func opened(_ text: String) -> String {
    if opening.isEmpty { return text }
    return opening + (text.contains(where: \.isNewline) ? "\n\n" : " ") + text
  }
}
