import Core
import FoundationEssentials
import RuleEngine
import Sessions

/// The place for the replies to one event. The store has it over a restart.
struct ReplyTarget: Sendable, Equatable {
  /// The channel; empty for the direct channel of `recipient` before it is looked up.
  var channel: ChannelID
  /// The root of the thread; `nil` for the channel itself.
  var root: PostID?
  /// The mention that each reply begins with, if the rule says so; else empty.
  var opening: String
  /// The most Unicode scalars of a post.
  var maxLength: Int
  /// The post that is answered; `nil` in targets that an older version stored.
  var question: Question?
  /// The user whose direct channel it is, if that is not where the question was asked.
  var recipient: UserID?
  /// The author of the replies; `nil` for edgecrab itself.
  var author: ReplyAuthor?

  /// The post that is answered.
  struct Question: Sendable, Equatable, Decodable {
    var post: PostID
    /// When it was written or edited, by the server's clock.
    var milliseconds: Int64
    /// Its author, if that is a person.
    var asker: UserID?
    var channelName: String
  }

  /// The place to which a rule sends replies to an event.
  init(_ event: Event, policy: ReplyPolicy, scope: SessionScope) {
    channel = event.channel.id
    root =
      switch policy.to {
      case .channel: nil
      case .thread: event.thread.root ?? event.post
      // The session of a thread needs the thread, or no one could continue it.
      case .auto: event.thread.root ?? (scope == .thread ? event.post : nil)
      }
    opening = policy.mentionSender ? "@\(event.user.name)" : ""
    maxLength = policy.maxLength
    question = Question(
      post: event.post, milliseconds: event.milliseconds,
      asker: event.author == .human ? event.user.id : nil, channelName: event.channel.name)
  }

  /// A channel or a thread, without an asker.
  init(channel: ChannelID, root: PostID? = nil) {
    self.channel = channel
    self.root = root
    opening = ""
    maxLength = ReplyPolicy.defaultMaxLength
  }

  /// The asker's direct channel, for a reply that cannot be posted where it was asked for; `nil` if no person asked.
  var direct: ReplyTarget? {
    guard let asker = question?.asker else { return nil }
    var direct = ReplyTarget(channel: "")
    direct.recipient = asker
    direct.author = .agent
    direct.maxLength = maxLength
    direct.question = question
    direct.question?.asker = nil
    return direct
  }

  /// The key under which replies are posted one after another: that of the channel.
  var executorKey: String { channel.rawValue.isEmpty ? recipient?.rawValue ?? "" : channel.rawValue }

  /// Returns a text without the opening with which `opened` began it.
  func unopened(_ text: String) -> String {
    guard !opening.isEmpty, text.hasPrefix(opening) else { return text }
    return String(text.dropFirst(opening.count).drop(while: \.isWhitespace))
  }

  /// Returns a text after the opening; below it if it has several lines, since a table or a code block that begins
  /// after a name is not one.
  func opened(_ text: String) -> String {
    if opening.isEmpty { return text }
    return opening + (text.contains(where: \.isNewline) ? "\n\n" : " ") + text
  }
}

enum ReplyAuthor: String, Decodable {
  /// The rules file or edgecrab, whose mentions notify people.
  case edgecrab = "own"
  /// An agent, whose `@all`, `@channel` and `@here` notify no one.
  case agent
}

extension ReplyTarget: Decodable {
  private enum CodingKeys: String, CodingKey {
    case channel, root, opening, maxLength, recipient
    case question = "asked"
    case author = "voice"
  }

  /// Reads a target that the store has; returns `nil` if another version wrote it in another form.
  init?(payload: String) {
    guard let read = try? JSONDecoder().decode(ReplyTarget.self, from: Data(payload.utf8)) else { return nil }
    self = read
  }

  /// The target as the store has it.
  var payload: String { json.text }

  var json: JSON {
    .object(
      present: [
        "channel": .string(channel.rawValue), "root": root.map { .string($0.rawValue) }, "opening": .string(opening),
        "maxLength": .int(maxLength), "asked": question?.json, "recipient": recipient.map { .string($0.rawValue) },
        "voice": author.map { .string($0.rawValue) },
      ])
  }
}

extension ReplyTarget.Question {
  fileprivate var json: JSON {
    .object(
      present: [
        "post": .string(post.rawValue), "milliseconds": .int(Int(milliseconds)),
        "asker": asker.map { .string($0.rawValue) }, "channelName": .string(channelName),
      ])
  }

  /// The channel's name, or `nil` if people do not know the channel by it.
  var shownChannelName: String? { channelName.isEmpty || channelName.isChannelNameOfIDs ? nil : channelName }
}
