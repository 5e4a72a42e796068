package import ConfigLoader
import Core
package import RuleAnalysis
package import RuleEngine

/// An explanation of a decision, as text and as JSON.
package struct ExplanationReport: Sendable {
  let explanation: Explanation
  let ruleSet: RuleSet
  /// The name of the event's team, if it is known. The event has only the id.
  let teamName: String?
  /// The scope of the event's session and the session's name; `nil` if nothing is asked or run.
  let session: (scope: SessionScope, name: String?)?
  private let isWhole: Bool
  /// The gateway's record of the event, if there is one.
  let recorded: EventLine?
  /// Indicates whether the bot is a member of the event's channel.
  let isMember: Bool
  /// A note for the reader, such as one on the event's mentions.
  let note: String?

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - explanation: the explanation.
  ///   - ruleSet: the rules that decided.
  ///   - teamName: the name of the event's team, if it is known.
  ///   - isWhole: whether to show every rule of a long file, not only the nearest ones.
  ///   - recorded: the gateway's record of the event.
  ///   - isMember: whether the bot is a member of the event's channel; if not, it does not receive the post.
  ///   - note: a note for the reader.
  ///   - sessionName: returns the name of the event's session of a scope; `nil` for an invented event.
  package init(
    _ explanation: Explanation, of ruleSet: RuleSet, teamName: String? = nil, isWhole: Bool,
    recorded: EventLine? = nil, isMember: Bool = true, note: String? = nil, sessionName: (SessionScope) -> String?
  ) {
    self.explanation = explanation
    self.ruleSet = ruleSet
    self.teamName = teamName
    session = Verdict(explanation.decision, in: ruleSet).session.map { ($0, sessionName($0)) }
    self.isWhole = isWhole
    self.recorded = recorded
    self.isMember = isMember
    self.note = note
  }

  /// The report in lines of at most 80 columns; only a longer name exceeds them.
  package func text(_ style: ReportStyle) -> String {
    var page = ReportPage(style: style)
    page.add(explanation.event.headline(team: teamName ?? explanation.event.team?.rawValue ?? ""))
    if !explanation.event.text.isEmpty {
      page.add(explanation.event.text.singleLine(atMost: Limits.explainedTextMax).printable, indent: 2)
    }
    page.addBlankLine()
    if recorded?.isAnswerToQuestion != true {
      trace.write(to: &page, shownBy: "--all", effects: effects)
      if !trace.isEmpty { page.addBlankLine() }
    }
    for sentence in sentences { page.add(sentence) }
    if let note { page.add("note: " + note) }
    return page.text
  }

  /// The rules that were tried.
  var trace: TraceReport { TraceReport(explanation.tried, of: ruleSet, isWhole: isWhole) }
}

extension ExplanationReport {
  /// The decision, the nearest miss, and the gateway's record, in sentences.
  var sentences: [String] {
    let record = [record].compactMap(\.self)
    if recorded?.isAnswerToQuestion == true { return record }
    return (isMember ? [decision] + nearest : [notReceived, "As a member: \(decision)"]) + record
  }

  private var notReceived: String {
    let channel = explanation.event.channel
    let name =
      switch channel.kind {
      case .direct, .group: "this \(channel.kind.rawValue) channel"
      case .public, .private: "~\(channel.name.printable)"
      }
    return "The bot is not a member of \(name), so it does not receive this post. Add it to the channel."
  }

  /// The gateway's record of the event, or `nil` if there is none.
  private var record: String? {
    guard let recorded else { return nil }
    let outcome = recorded.outcomes.summary.map { "Outcome: \($0)." }
    guard !recorded.isAnswerToQuestion else {
      return "The gateway did not try the rules: a permission request was open. " + (outcome ?? "")
    }
    guard let decided = recorded.decided else { return nil }
    let missing = decided.verdict.outcome.isSilent ? nil : "No outcome is recorded."
    return (["The gateway decided: \(decided.verdict)."] + [outcome ?? missing].compactMap(\.self))
      .joined(separator: " ")
  }

  private var decision: String {
    let event = explanation.event
    let user = "@" + event.user.name.printable
    let rule = explanation.decision.rule.map { ruleSet.rules[$0] }
    let by = rule.map { "the rule \(quoted($0.name)) (\($0.location.file):\($0.location.line))" } ?? ""
    switch explanation.decision.outcome {
    case .silent(.own): return "The bot wrote this itself: no rule is tried."
    case .silent(.system): return "The server wrote this: no rule is tried."
    case .silent(.noAccess):
      return "`access` does not allow \(user): no rule is tried, and no reply is sent"
        + (event.author == .webhook ? "; \(Author.webhookAccount)." : ".")
    case .silent(.noRule): return "No rule matches: the bot stays silent."
    case .silent(.ignored): return "It is ignored, by \(by)."
    case .silent(.unknownCommand):
      let name = SlashCommand(event.body, prefixes: ruleSet.commands.prefixes).map { String($0.name) } ?? ""
      let reason =
        ruleSet.commands.unknown == .ignore
        ? "the file ignores unknown commands" : "the bot was not addressed, so no hint is sent"
      return "The bot stays silent: \(by) matches, but no command \(quoted(name)) is bound; \(reason)."
    case .ask(let agent): return "The agent \(quoted(agent)) is asked, by \(by)."
    case .say(let text): return "The reply is \(quoted(text.written)), by \(by)."
    case .deny(let text):
      guard rule != nil else { return "`access` does not allow \(user): the reply is \(quoted(text.written))." }
      return "It is denied with \(quoted(text.written)), by \(by)."
    case .run(let command, _):
      return "The command \(quoted(ruleSet.commands.bindings[command].name)) runs, by \(by)."
    case .refuse(let command):
      return "The command \(quoted(ruleSet.commands.bindings[command].name)) is refused to \(user), by \(by)."
    case .hint(let unknown):
      let hint = ruleSet.commands.nearest(to: unknown).map { "suggests the nearest, \(quoted($0))" } ?? "says so"
      return "No command \(quoted(unknown)) is bound; the reply \(hint), by \(by)."
    }
  }

  private var nearest: [String] {
    guard !explanation.nearest.isEmpty else {
      let isSilent = if case .silent = explanation.decision.outcome { true } else { false }
      if explanation.isSearchCut {
        return ["The nearest miss was not found: there are too many rules to try them all."]
      }
      return isSilent ? ["No change of one or two facts would get an answer."] : []
    }
    let misses = explanation.nearest.map { miss in
      let changes = miss.changes.map(\.clause).joined(separator: ", and ")
      guard let rule = miss.decision.rule.map({ ruleSet.rules[$0] }) else { return changes }
      return "\(changes) (rule \(quoted(rule.name)), \(rule.location.file):\(rule.location.line))"
    }
    return ["Nearest miss: it would be answered \(misses[0])."] + misses.dropFirst().map { "Or \($0)." }
  }

  /// The effects of the deciding rule, a line each.
  private func effects(of rule: Rule) -> [String] {
    var lines = [rule.action.effect]
    if case .agent = rule.action {
      if let command { lines.append(command) }
      lines.append("session: \(rule.session.scope.rawValue)" + (session?.name.map { " (\($0.printable))" } ?? ""))
      if let prompt = rule.prompt { lines.append("prompt: \(quoted(prompt.written))") }
      lines.append("busy: \(rule.busy.mode.rawValue), at most \(rule.busy.max) waiting")
      let rates = [("user", rule.limit.perUser), ("channel", rule.limit.perChannel)].compactMap { unit, rate in
        rate.map { "\($0.written) per \(unit)" }
      }
      if !rates.isEmpty { lines.append("limit: " + rates.joined(separator: ", ")) }
    }
    if rule.action != .ignore {
      lines.append(
        "reply: \(rule.reply.to.rawValue), \(rule.reply.maxLength.grouped) characters a post"
          + (rule.reply.stream ? ", streamed" : "") + (rule.reply.mentionSender ? ", mentioning the sender" : ""))
    }
    return lines
  }

  /// The command that runs or is refused, and its users.
  private var command: String? {
    let index: Int
    switch explanation.decision.outcome {
    case .run(let command, _), .refuse(let command): index = command
    default: return nil
    }
    let binding = ruleSet.commands.bindings[index]
    let users = enumeration(
      of: binding.users.names.map { "@" + $0.printable }, conjunction: "and", limit: Limits.expectedShownMax)
    return "command: \(binding.name), for \(binding.users.isEveryone ? "everyone" : users)"
  }
}

extension RuleAction {
  /// The action as a rules file writes it.
  var effect: String {
    switch self {
    case .agent(let name): "agent: \(name.printable)"
    case .say(let text): "say: \(quoted(text.written))"
    case .ignore: "ignore: true"
    case .deny(let text): "deny: \(quoted(text.written))"
    }
  }
}

extension Event {
  /// The author, the channel and the unusual facts: `@alice in ~dev (public), team core, mentions the bot, at …`.
  fileprivate func headline(team: String) -> String {
    var parts: [String] = []
    let name = "@" + user.name.printable
    switch channel.kind {
    case .direct: parts.append("\(name) in a direct message")
    case .group: parts.append("\(name) in a group message")
    case .public, .private: parts.append("\(name) in ~\(channel.name.printable) (\(channel.kind.rawValue))")
    }
    if !team.isEmpty { parts.append("team \(team.printable)") }
    let labels = Field.facts.compactMap { fact in fact.domain.value(of: self).label.map { (fact.key, $0) } }
    parts += labels.filter { $0.0 == .author }.map(\.1)
    if let overrideName { parts.append("shown as \(quoted(overrideName.printable))") }
    parts += labels.filter { $0.0 != .author }.map(\.1)
    return parts.joined(separator: ", ") + ", at \(Timestamp(milliseconds: milliseconds).toTheMinute)"
  }
}

extension FactChange {
  /// The change as a clause of condition: `if it mentioned the bot`.
  var clause: String {
    switch self {
    case .fact(let key, let word):
      key.field.domain?.values.first { $0.word == word }?.supposition ?? "if its \(key.rawValue) was \(quoted(word))"
    case .name(.channel, let name): name.map { "in ~\($0.printable)" } ?? "in another channel"
    case .name(.team, let name?): name.isEmpty ? "outside of teams" : "in the team \(name.printable)"
    case .name(.team, nil): "in another team"
    case .name(.user, let name): "if \(name.map { "@" + $0.printable } ?? "another user") wrote it"
    case .name(.command, let name): "if it was the command \(quoted(name ?? ""))"
    case .moment(_, let words): "at \(words)"
    case .saying(let text, .equals): "if it said just \(quoted(text))"
    case .saying(let text, .startsWith): "if it began with \(quoted(text))"
    case .saying(let text, .endsWith): "if it ended with \(quoted(text))"
    case .saying(let text, _): "if it said \(quoted(text)) as well"
    case .notSaying(let text): "if it did not say \(quoted(text))"
    case .command(let typed): "if it said \(quoted(typed))"
    }
  }
}
