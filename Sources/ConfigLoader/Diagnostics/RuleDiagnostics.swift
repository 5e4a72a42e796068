import RuleEngine

/// The errors of rules and commands: E04 and E05.
extension Diagnostic {
  static func noAction(in section: SchemaSection, at span: SourceSpan) -> Self {
    Self(
      .noAction, "\(section.phrase) must do something", at: span,
      help: "add one of \(listed(section.exactlyOne))")
  }

  static func severalActions(_ second: ConfigEntry, first: ConfigEntry, in section: SchemaSection) -> Self {
    Self(
      .severalActions, "\(section.phrase) cannot have both \(quoted(first.key)) and \(quoted(second.key))",
      at: second.keySpan, notes: [Note(message: "the first of them", span: first.keySpan)],
      help: "keep exactly one of \(listed(section.exactlyOne))")
  }

  static func ignoreFalse(at span: SourceSpan) -> Self {
    Self(.ignoreFalse, "`ignore: false` has no effect", at: span, help: "remove it, and give the rule an action")
  }

  static func duplicateRule(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateRule, "two rules are named \(quoted(name))", at: span, notes: [firstDefined(first)],
      help: "give each rule its own name")
  }

  static func reservedRuleName(at span: SourceSpan) -> Self {
    Self(
      .reservedRuleName, "a rule cannot be named `none`, which means no rule in tests", at: span,
      help: "give it another name")
  }

  static func userSessionInChannel(at span: SourceSpan) -> Self {
    Self(
      .userSessionInChannel,
      "this rule matches in channels, where a `user` session would make private messages public", at: span,
      help: "use `member`, the user's session in this channel, or limit the rule to `kind: direct`")
  }

  static func uselessKey(_ key: String, without other: String, at span: SourceSpan) -> Self {
    Self(
      .uselessKey, "\(quoted(key)) has no effect without \(quoted(other))", at: span,
      help: "add \(quoted(other)), or remove \(quoted(key))")
  }

  static func commandTaken(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .commandTaken, "the command \(quoted(name)) is already bound", at: span, notes: [firstDefined(first)],
      help: "give one of them another name")
  }
}

/// The errors of names of other parts of the file: E03.
extension Diagnostic {
  static func undefinedAgent(_ name: String, nearest: String?, known: [String], at span: SourceSpan) -> Self {
    Self(
      .undefinedAgent, "there is no agent \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil
        ? "declare it under `agents`" + (known.isEmpty ? "" : ", or use a declared one: \(listed(known, "or"))")
        : nil)
  }

  static func undefinedGroup(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .undefinedGroup, "there is no group \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "declare it under `groups`" : nil)
  }

  static func undefinedCommand(
    _ name: String, nearest: String?, at span: SourceSpan, removed: SourceSpan? = nil
  ) -> Self {
    if let removed {
      return Self(
        .undefinedCommand, "there is no command \(quoted(name))", at: span,
        notes: [Note(message: "the file removes it here", span: removed)],
        help: "remove `\(name): false` from `bind`, or use another command")
    }
    return Self(
      .undefinedCommand, "there is no command \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "bind \(quoted(String(name.drop { !$0.isLetter }))) under `commands`" : nil)
  }

  static func undefinedRule(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self(
      .undefinedRule, "there is no rule \(quoted(name))" + orNearest(nearest), at: span,
      help: nearest == nil ? "`none` means no rule" : nil)
  }

  static func groupLacks(_ role: NameRole, _ group: String, at span: SourceSpan, group groupSpan: SourceSpan?) -> Self {
    Self(
      .groupLacks, "the group \(quoted(group)) has no \(role.rawValue)s", at: span,
      notes: groupSpan.map { [Note(message: "the group is declared here", span: $0)] } ?? [],
      help: "add `\(role.rawValue)s:` to the group, or use another one")
  }

  static func groupInGroup(_ group: String, at span: SourceSpan) -> Self {
    Self(
      .groupInGroup, "a group cannot contain the group \(quoted(group))", at: span,
      help: "list both groups where they are used")
  }
}
