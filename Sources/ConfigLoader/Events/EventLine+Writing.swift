import RuleEngine
import Vocabulary

extension EventLine {
  /// The line, without a line break. Reading it gives an equal event.
  public var json: String { JSONLine.text(self) }
}

extension EventLine: Encodable {
  /// Writes every fact, and of texts only what is kept.
  public func encode(to encoder: any Encoder) throws {
    var map = encoder.container(keyedBy: AnyKey.self)
    func put(_ key: EventLineKey, _ value: some Encodable) throws { try map.encode(value, forKey: AnyKey(key)) }
    try put(.post, event.post)
    try put(.user, event.user.name)
    try put(.userID, event.user.id)
    try put(.channel, event.channel.name)
    try put(.channelID, event.channel.id)
    if let teamName { try put(.team, teamName) }
    try put(.teamID, event.team)
    try put(.kind, event.channel.kind.rawValue)
    try put(.author, event.author.rawValue)
    try put(.mention, event.mention.rawValue)
    switch event.thread {
    case .root: try put(.thread, GivenThread.root.rawValue)
    case .reply(let root, let isJoined):
      try put(.thread, (isJoined ? GivenThread.joined : .reply).rawValue)
      try put(.root, root)
    }
    try put(.files, event.hasFiles)
    if event.isRemote { try put(.remote, true) }
    try put(.edited, event.isEdit)
    try put(.at, event.milliseconds)
    if isTextKept {
      try put(.text, event.text)
      if event.body != MentionGrammar.removingOpeningMention(of: GivenFacts.botName, from: event.text) {
        try put(.body, event.body)
      }
    } else {
      try map.encodeNil(forKey: AnyKey(EventLineKey.text))
      if !event.body.isEmpty { try put(.command, event.body) }
    }
    if let decided { try put(.decided, decided) }
  }
}

extension RecordedDecision: Encodable {
  /// Writes what there is.
  public func encode(to encoder: any Encoder) throws {
    var map = encoder.container(keyedBy: AnyKey.self)
    func put(_ key: DecidedKey, _ value: (some Encodable)?) throws {
      if let value { try map.encode(value, forKey: AnyKey(key)) }
    }
    try put(.rule, verdict.rule)
    try put(.outcome, verdict.outcome.rawValue)
    try put(.agent, verdict.agent)
    try put(.command, verdict.command)
    try put(.session, verdict.session?.rawValue)
    try put(.shadows, shadows.isEmpty ? nil : shadows)
    try put(.rules, rules.isEmpty ? nil : rules)
  }
}
