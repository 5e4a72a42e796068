import Core
internal import TextMatch

/// A condition ready to be asked: names are ids, commands are indices, texts are patterns of one matcher.
struct TracedCondition: Sendable {
  var triggers: CaseSet<Trigger>?
  var mention: MentionReach?
  var channels: IdentitySet?
  var teams: IdentitySet?
  var users: IdentitySet?
  var kinds: CaseSet<ChannelKind>?
  var authors: CaseSet<Author>?
  var commands: Set<Int>?
  var hasFiles: Bool?
  var isRemote: Bool?
  var thread: ThreadPosition?
  var isEdit: Bool?
  var time: TimeWindow?
  var not: [TracedCondition]
  var any: [TracedCondition]
  /// All of these; of the patterns of each, any.
  var text: [[Int]]
}

/// What compiling collects on its way through the conditions.
struct TracingContext {
  let directory: NameDirectory
  let commandIndices: [String: Int]
  var patterns: [TextPattern] = []

  mutating func compile(_ condition: Condition) -> TracedCondition {
    TracedCondition(
      triggers: condition.triggers,
      mention: condition.mention,
      channels: condition.channels.map { IdentitySet($0) { directory.channels[$0] } },
      teams: condition.teams.map { IdentitySet($0) { name in directory.teams[name].map { [$0] } } },
      users: condition.users.map(identities),
      kinds: condition.kinds,
      authors: condition.authors,
      commands: condition.commands.map { names in Set(names.compactMap { commandIndices[$0] }) },
      hasFiles: condition.hasFiles,
      isRemote: condition.isRemote,
      thread: condition.thread,
      isEdit: condition.isEdit,
      time: condition.time,
      not: condition.not.map { compile($0) },
      any: condition.any.map { compile($0) },
      text: condition.text.map { compile($0) })
  }

  func identities(_ users: NameSet) -> IdentitySet {
    IdentitySet(users) { name in directory.users[name].map { [$0] } }
  }

  private mutating func compile(_ test: TextTest) -> [Int] {
    test.patterns.map { text in
      patterns.append(test.pattern(text))
      return patterns.count - 1
    }
  }
}
