import Core

extension FactChange {
  /// The event with this fact changed, and with what the change brings along.
  func applied(to event: Event, _ directory: NameDirectory) -> Event {
    var event = event
    switch self {
    case .mention(let mention): event.mention = mention
    case .channel(let name):
      event.channel.name = name ?? "another channel"
      event.channel.id = name.map { directory.channels[$0]?.min() ?? $0 } ?? event.channel.name
      if event.channel.kind.isWithoutTeam { event.channel.kind = .public }
    case .kind(let kind): event.move(to: kind)
    case .team(let name): event.team = name.map { directory.teams[$0] ?? $0 } ?? "another team"
    case .user(let name):
      event.user.name = name ?? "somebody else"
      event.user.id = name.map { directory.users[$0] ?? $0 } ?? event.user.name
    case .author(let author): event.author = author
    case .thread(let isReply, let isJoined):
      event.thread = isReply ? .reply(root: event.thread.root ?? "root", joined: isJoined) : .root
    case .files(let hasFiles): event.hasFiles = hasFiles
    case .remote(let isRemote): event.isRemote = isRemote
    case .edited(let isEdit): event.isEdit = isEdit
    case .moment(let milliseconds, _): event.milliseconds = milliseconds
    case .saying(let text, let test): event.say(test.body(saying: text, beside: event.body))
    case .notSaying(let text): event.say(event.body.without(text))
    case .command(let typed): event.say(typed)
    }
    return event
  }
}

extension Event {
  /// Another kind of channel is another channel, unless both belong to a team.
  fileprivate mutating func move(to kind: ChannelKind) {
    if kind.isWithoutTeam != channel.kind.isWithoutTeam || kind.isWithoutTeam && kind != channel.kind {
      channel.name = "a \(kind.rawValue) channel"
      channel.id = channel.name
    }
    if kind.isWithoutTeam { team = "" }
    channel.kind = kind
  }

  fileprivate mutating func say(_ body: String) {
    text = body
    self.body = body
  }
}

extension ChannelKind {
  fileprivate var isWithoutTeam: Bool { self == .direct || self == .group }
}

extension TextTestKind {
  /// A body that holds `text` where the test looks for it.
  fileprivate func body(saying text: String, beside body: String) -> String {
    switch self {
    case .equals: text
    case .startsWith: body.isEmpty ? text : "\(text) \(body)"
    case .contains, .word, .endsWith, .matches: body.isEmpty ? text : "\(body) \(text)"
    }
  }
}

extension String {
  /// The text without any place where `part` stands, whatever its case.
  fileprivate func without(_ part: String) -> String {
    let wanted = Array(part.lowercased())
    var kept: [Character] = []
    for character in self {
      kept.append(character)
      guard !wanted.isEmpty, kept.count >= wanted.count,
        zip(kept.suffix(wanted.count), wanted).allSatisfy({ $0.lowercased() == String($1) })
      else { continue }
      kept.removeLast(wanted.count)
    }
    return String(kept)
  }
}
