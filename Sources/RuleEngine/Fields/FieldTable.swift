package import Core

/// A key of `when`, in the order of the reference.
package enum ConditionKey: String, Sendable, CaseIterable {
  case trigger, channel, team, user, kind, author, mention, command, text, files, remote, thread, edited, time, not, any
}

extension Field {
  /// Returns the row of a key. A new condition is a row here and a case of `ConditionKey`; if the fact is a new one, it
  /// is also a property of `Event`.
  ///
  /// - Parameter offset: the bit of the first value, if there are few.
  static func row(of key: ConditionKey, at offset: Int) -> Field {
    switch key {
    case .trigger:
      Field(
        key, rank: 30,
        """
        `mention`: a post that mentions the bot; `dm`: a direct message; `command`: a command; `thread`: a reply in a \
        thread that the bot has posted in; `message`: any post.
        """, mismatch: "for other triggers", .trigger)
    case .channel:
      Field(
        key, rank: 50, "The channel, by the name in its link.", mismatch: "for other channels", .names(.channel),
        given: Given(
          2,
          "The channel, by the name in its link. By default, a direct or group message is in a channel that no rule names.",
          fallback: "town-square"))
    case .team:
      Field(
        key, rank: 70, "The team, by the name in its link.", mismatch: "for other teams", .names(.team),
        given: Given(3, "The team, by the name in its link.", otherwise: "none"))
    case .user:
      Field(
        key, rank: 60, "The author, by the account that posted; \(Author.webhookAccount).",
        mismatch: "for other users", .names(.user),
        given: Given(1, "The author.", otherwise: "a user whom `access` allows"))
    case .kind:
      Field(
        key, rank: 40, "The kind of the channel.", mismatch: "for other kinds of channel", .options,
        kinds(at: offset),
        given: Given(4, "The kind of the channel.", fallback: "public"))
    case .author:
      Field(
        key, rank: 10,
        """
        The kind of author. A `bot` has a bot account. Any member can write a post that claims to be by a `webhook` or \
        a `plugin`, so restrict the accounts with `user`. A post of a type `custom_…` is by a plugin.
        """, fallback: "human", mismatch: "for other authors", .options, authors(at: offset),
        given: Given(6, "The kind of author.", fallback: "human"))
    case .mention:
      Field(
        key, rank: 80,
        "The mentions that count: the bot's name; with `channel-wide`, also `@all`, `@channel` and `@here`.",
        fallback: "direct", mismatch: "for mentions", .reach, mentions(at: offset),
        given: Given(7, "How the post mentions the bot.", otherwise: "as the text says"))
    case .command:
      Field(
        key, rank: 90, "The command, by its name or an alias.", mismatch: "for other commands", .names(.command))
    case .text:
      Field(
        key, rank: 160, "Conditions on the text of the message; a plain text is short for `contains`.",
        mismatch: "for other texts",
        .text,
        given: Given(
          5, "The message; the bot's name in it is the file's `bot`, else `edgecrab`.", fallback: ""))
    case .files:
      Field(
        key, rank: 110, "`true`: posts with attached files; `false`: posts without.",
        mismatch: "with a condition on files", .options,
        .flag(
          at: offset, suppositions: ("without files", "with a file"), labels: ("without files", "with files"),
          read: \.hasFiles, write: { $0.hasFiles = $1 }),
        given: Given(9, "The post has attached files.", fallback: false))
    case .remote:
      Field(
        key, rank: 120,
        "`true`: posts from another Mattermost server, in a shared channel; `false`: posts from this one.",
        mismatch: "with a condition on the server", .options,
        .flag(
          at: offset, suppositions: ("if it came from this server", "if it came from another server"),
          labels: ("from this server", "from another server"), read: \.isRemote, write: { $0.isRemote = $1 }),
        given: Given(10, "The post came from another server.", fallback: false, isAlwaysRecorded: false))
    case .thread:
      Field(
        key, rank: 100, "`root`: a post in the channel itself; `reply`: a reply in a thread.",
        mismatch: "for other positions in threads", .options, threads(at: offset),
        given: Given(
          8,
          "The position: in the channel itself, in a thread or, with `joined`, in a thread that the bot has posted in.",
          fallback: "root"))
    case .edited:
      Field(
        key, rank: 20, "`true`: edits that add no mention; `false`: all other posts.", fallback: false,
        mismatch: "with a condition on edits", .options,
        .flag(
          at: offset, suppositions: ("if it was not an edit", "as an edit"), labels: (nil, "an edit"),
          read: \.isEdit,
          write: { $0.isEdit = $1 }),
        given: Given(11, "The post is an edit that adds no mention.", fallback: false))
    case .time: Field(key, rank: 130, "The time at which the post was written.", mismatch: "for other times", .time)
    case .not:
      Field(
        key, rank: 140, "Conditions of which none may hold; `trigger` and `mention` under one `not` count as one.",
        mismatch: "that exclude it", .not)
    case .any:
      Field(
        key, rank: 150, "At least one of these must hold.", mismatch: "whose `any` does not hold", .any)
    }
  }
}

extension Field {
  private static func kinds(at offset: Int) -> FactDomain {
    FactDomain(
      at: offset,
      ChannelKind.allCases.map { kind in
        FactDomain.Value(
          word: kind.rawValue,
          supposition: kind == .direct ? "as a direct message" : "in a \(kind.rawValue) channel",
          label: nil)
      },
      options: ChannelKind.allCases.enumerated().map {
        FactDomain.Option(word: $1.rawValue, label: "\($1.rawValue) channels", values: $0...$0)
      },
      isMultiple: true,
      read: { $0.channel.kind.index }, write: { $0.move(to: ChannelKind.allCases[$1]) })
  }

  /// The server's posts and the bot's own never reach a rule: no condition can ask for them.
  private static func authors(at offset: Int) -> FactDomain {
    FactDomain(
      at: offset,
      Author.allCases.map { author in
        FactDomain.Value(
          word: author.rawValue, supposition: "if \(author.subject) wrote it",
          label: author == .human ? nil : "author \(author.rawValue)")
      },
      reachable: Author.ofRules.count,
      options: Author.ofRules.enumerated().map {
        FactDomain.Option(word: $1.rawValue, label: nil, values: $0...$0)
      },
      isMultiple: true,
      read: { $0.author.index }, write: { $0.author = Author.allCases[$1] })
  }

  private static func mentions(at offset: Int) -> FactDomain {
    FactDomain(
      at: offset,
      [
        FactDomain.Value(word: Mention.none.rawValue, supposition: "if it did not mention the bot", label: nil),
        FactDomain.Value(
          word: Mention.direct.rawValue, supposition: "if it mentioned the bot", label: "mentions the bot"),
        FactDomain.Value(
          word: Mention.channelWide.rawValue, supposition: "if it mentioned everyone in the channel",
          label: "mentions everyone"),
      ],
      options: [
        FactDomain.Option(word: MentionReach.direct.rawValue, label: nil, values: 1...1),
        FactDomain.Option(word: MentionReach.channelWide.rawValue, label: nil, values: 1...2),
      ],
      read: { event in
        switch event.mention {
        case .none: 0
        case .direct: 1
        case .channelWide: 2
        }
      }, write: { $0.mention = [.none, .direct, .channelWide][$1] })
  }

  private static func threads(at offset: Int) -> FactDomain {
    FactDomain(
      at: offset,
      [
        FactDomain.Value(word: "root", supposition: "outside of threads", label: nil),
        FactDomain.Value(word: "reply", supposition: "as a reply in a thread", label: "replies in a thread"),
        FactDomain.Value(
          word: "joined", supposition: "as a reply in a thread that the bot has posted in",
          label: "replies in a thread that the bot has posted in"),
      ],
      options: [
        FactDomain.Option(word: ThreadPosition.root.rawValue, label: "outside of threads", values: 0...0),
        FactDomain.Option(word: ThreadPosition.reply.rawValue, label: "in a thread", values: 1...2),
      ],
      read: { event in
        switch event.thread {
        case .root: 0
        case .reply(_, joined: false): 1
        case .reply(_, joined: true): 2
        }
      },
      write: { event, value in
        event.thread = value == 0 ? .root : .reply(root: event.thread.root ?? "root", joined: value == 2)
      })
  }
}

extension Author {
  /// The authors that rules can ask for, people first.
  package static let ofRules: [Author] = [.human, .bot, .webhook, .plugin]

  fileprivate var subject: String {
    switch self {
    case .human: "a person"
    case .bot, .webhook, .plugin: "a \(rawValue)"
    case .system: "the server"
    case .own: "the bot itself"
    }
  }
}

extension Event {
  /// Moves it to a channel of another kind, which is another channel unless both belong to a team.
  fileprivate mutating func move(to kind: ChannelKind) {
    if kind.isOutsideTeams != channel.kind.isOutsideTeams || kind.isOutsideTeams && kind != channel.kind {
      channel.name = "a \(kind.rawValue) channel"
      channel.id = ChannelID(channel.name)
    }
    if kind.isOutsideTeams { team = nil }
    channel.kind = kind
  }
}

extension ChannelKind {
  /// True if a channel of this kind belongs to no team.
  package var isOutsideTeams: Bool { self == .direct || self == .group }
}

extension FactBits {
  package static func kind(_ kind: ChannelKind) -> FactBits { bit(.kind, kind.rawValue) }

  package static func author(_ author: Author) -> FactBits { bit(.author, author.rawValue) }

  package static func mention(_ mention: Mention) -> FactBits { bit(.mention, mention.rawValue) }

  /// All values of `mention`.
  package static let everyMention = ConditionKey.mention.field.domain?.all ?? []

  /// The values of `mention` that count.
  package static func mentions(within reach: MentionReach) -> FactBits {
    reach == .direct ? directMention : channelWideMentions
  }

  private static let directMention = mention(.direct)
  private static let channelWideMentions: FactBits = [mention(.direct), mention(.channelWide)]
  private static let directMessage = kind(.direct)
  private static let joinedThread = bit(.thread, "joined")

  /// The events for which a trigger holds: those with any of these bits.
  package static func trigger(_ trigger: Trigger, reach: MentionReach) -> FactBits {
    switch trigger {
    case .message: .anything
    case .mention: .mentions(within: reach)
    case .dm: directMessage
    case .command: .command
    case .thread: joinedThread
    }
  }

  private static func bit(_ key: ConditionKey, _ word: String) -> FactBits { key.field.domain?.bit(of: word) ?? [] }
}
