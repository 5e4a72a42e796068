import Core
import RuleEngine

/// The warnings of unused declarations (W01) and likely mistakes (W02).
extension Diagnostic {
  static func unusedAgent(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unusedAgent, "no rule and no command uses the agent \(quoted(name))", at: span,
      help: "name it in a rule's `agent`, or remove it")
  }

  static func unusedGroup(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unusedGroup, "nothing uses the group \(quoted(name))", at: span,
      help: "write `group:\(name)` to use it, or remove it")
  }

  static func botsWithoutLimit(_ rule: String, _ authors: [String], at span: SourceSpan) -> Self {
    Self(
      .botsWithoutLimit, "the rule \(quoted(rule)) answers \(listed(authors)) authors without a limit", at: span,
      help: "two bots can answer each other forever; add `limit: {per_channel: 10/min}`")
  }

  static func programsOfAnyAccount(_ rule: String, _ authors: [Author], at span: SourceSpan) -> Self {
    let help = "name the accounts with `user`"
    return Self(
      .programsOfAnyAccount,
      "the rule \(quoted(rule)) has an agent answer \(listed(authors.map(\.rawValue))) authors of any account",
      at: span,
      help: authors == [.bot]
        ? help
        : "any member's post can claim to be a webhook's or a plugin's, and \(Author.webhookAccount): \(help)")
  }

  static func endpointPathInURL(_ path: String, at span: SourceSpan) -> Self {
    Self(
      .endpointPathInURL, "`base_url` ends in \(quoted(path)), and edgecrab adds the path of a request itself",
      at: span,
      help: "remove \(quoted(path)), as in `http://localhost:11434/v1`")
  }

  static func noVersionInURL(at span: SourceSpan) -> Self {
    Self(
      .noVersionInURL, "`base_url` has no version in its path, and most endpoints have one", at: span,
      help: "add it if yours has one, as in `http://localhost:11434/v1`")
  }

  static func everyMessage(_ rule: String, at span: SourceSpan) -> Self {
    Self(
      .everyMessage, "the rule \(quoted(rule)) answers every message in every channel", at: span,
      help: "limit it with `trigger`, `channel`, `user` or `text`")
  }

  static func noRuleForDirectMessages(at span: SourceSpan) -> Self {
    Self(
      .noRuleForDirectMessages, "no rule answers direct messages", at: span,
      help: "add a rule with `trigger: dm`")
  }

  static func noRuleForMentions(at span: SourceSpan) -> Self {
    Self(.noRuleForMentions, "no rule answers mentions", at: span, help: "add a rule with `trigger: mention`")
  }

  static func unreachableCommand(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unreachableCommand, "the command \(quoted(name)) is bound, but no rule allows it", at: span,
      help: "add it to a rule's `command`, or add a rule with `trigger: command`")
  }

  static func nobodyCanStop(at span: SourceSpan, removed: Bool, prefixes: [String]) -> Self {
    // Mattermost handles messages that begin with `/` itself, unless a name or a space precedes it.
    let prefix = prefixes.contains("!") ? "!" : prefixes.first { $0 != "/" }
    return Self(
      .nobodyCanStop, "agents answer, but no one can stop an answer", at: span,
      help: removed
        ? "remove it, so that people can " + (prefix.map { "type `\($0)stop`" } ?? "use `stop`")
        : "allow a command with `action: stop` in a rule with an `agent`, for at least one user")
  }

  static func groupAsName(_ group: String, _ role: NameRole, at span: SourceSpan) -> Self {
    let sign = role == .channel ? "~" : "@"
    let orName = role == .team ? "" : ", or `\(sign)\(group)` for the \(role.rawValue) of that name"
    return Self(
      .groupAsName, "\(quoted(group)) is a group of this file, but means a \(role.rawValue) here", at: span,
      help: "write `group:\(group)` for the group\(orName)")
  }

  static func singleBraces(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .singleBraces, "\(quoted("{\(name)}")) is posted literally", at: span,
      help: "write `{{\(name)}}` for the placeholder")
  }

  static func noZone(_ zone: String, at span: SourceSpan) -> Self {
    Self(
      .noZone, "these `hours` are in the time zone of this machine, \(quoted(zone))", at: span,
      help: "name the zone, like `zone: Europe/Berlin`; `zone: \(zone)` means this one on every machine")
  }

  /// - Parameters:
  ///   - word: the first word of the comment, with its `#`.
  ///   - whole: the text and the comment.
  static func commentInText(_ word: String, whole: String, at span: SourceSpan) -> Self {
    let isShort = whole.unicodeScalars.count <= Limits.repeatedScalarsMax
    let text = isShort ? YAMLScalar.doubleQuoted(whole).printable : "\"…\""
    return Self(
      .commentInText, "a comment begins at \(quoted(word)), so the text ends before it", at: span,
      help: "put quotes around the text: `\(text)`; write `# ` for a comment")
  }

  static func boundaryBeyondASCII(word: String?, at span: SourceSpan) -> Self {
    Self(
      .boundaryBeyondASCII, "`\\b` knows only ASCII letters, and the letter beside it is not one", at: span,
      help: word.map { "write `word: \(YAMLScalar.written($0).printable)` in place of `matches`" }
        ?? "write `(?:^|\\W)` for a `\\b` before a word and `(?:\\W|$)` for one after it, or use `word`")
  }

  static func expressionOfASCII(at span: SourceSpan) -> Self {
    Self(
      .expressionOfASCII, "`\\w`, `\\d` and `\\s` match only ASCII here: for all scripts, their counts are too large",
      at: span,
      help: "use fewer or smaller counts, like `\\w+` for `\\w{1,200}`, or write `[A-Za-z0-9_]` if you mean ASCII")
  }

  static func expressionAsText(_ text: String, at span: SourceSpan) -> Self {
    let isBare = text.hasPrefix("/") && text.hasSuffix("/") && text.count > 2
    let expression = isBare ? String(text.dropFirst().dropLast()) : text
    return Self(
      .expressionAsText, "\(quoted(text)) is searched literally", at: span,
      help: "write `text: { matches: \(YAMLScalar.written(expression).printable) }` for a regular expression, or "
        + "`text: { contains: … }` for the literal text")
  }
}
