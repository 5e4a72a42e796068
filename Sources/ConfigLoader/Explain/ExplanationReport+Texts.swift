import Core
import RuleEngine

extension ExplanationReport {
  /// What is decided, and what would have been answered.
  var sentences: [String] {
    let then = [then].compactMap(\.self)
    if recorded?.isAnswerToQuestion == true { return then }
    return (isMember ? [decision] + nearest : [notHeard, "As a member: \(decision)"]) + then
  }

  private var notHeard: String {
    let channel = explanation.event.channel
    let place =
      switch channel.kind {
      case .direct, .group: "this \(channel.kind.rawValue) channel"
      case .public, .private: "~\(channel.name.shown)"
      }
    return "The bot is not a member of \(place), so it does not hear of this post, and nothing happens. "
      + "Add it to the channel."
  }

  /// What the gateway recorded; nil if nothing is known of that.
  private var then: String? {
    guard let recorded else { return nil }
    let outcome = recorded.outcomes.summary.map { "Outcome: \($0)." }
    guard !recorded.isAnswerToQuestion else {
      return "The gateway did not ask the rules: a question of an agent was open. " + (outcome ?? "")
    }
    guard let decided = recorded.decided else { return nil }
    let missing = decided.verdict.outcome.isSilent ? nil : "No outcome is recorded."
    return (["The gateway decided: \(decided.verdict)."] + [outcome ?? missing].compactMap(\.self))
      .joined(separator: " ")
  }

  private var decision: String {
    let event = explanation.event
    let rule = explanation.decision.rule.map { ruleSet.rules[$0] }
    let by = rule.map { "the rule \(quoted($0.name)) (\($0.location.file):\($0.location.line))" } ?? ""
    switch explanation.decision.outcome {
    case .silent(.own): return "The bot wrote this itself: no rule is asked."
    case .silent(.system): return "The server wrote this: no rule is asked."
    case .silent(.noAccess):
      return "access does not let in @\(event.user.name.shown): no rule is asked, and nobody is told"
        + (event.author == .webhook ? "; \(Author.webhookAccount)." : ".")
    case .silent(.noRule): return "No rule matches: the bot stays silent."
    case .silent(.ignored): return "It is ignored, by \(by)."
    case .silent(.unknownCommand):
      let name = SlashCommand(event.body, prefixes: ruleSet.commands.prefixes).map { String($0.name) } ?? ""
      let why =
        ruleSet.commands.unknown == .ignore ? "the file ignores such" : "the bot was not addressed, so nobody is told"
      return "The bot stays silent: \(by) matches, but no command \(quoted(name)) is bound; \(why)."
    case .ask(let agent): return "The agent \(quoted(agent)) is asked, by \(by)."
    case .say(let text): return "It is answered \(quoted(text.written)), by \(by)."
    case .deny(let text):
      guard rule != nil else {
        return "access does not let in @\(event.user.name.shown): they are told \(quoted(text.written))."
      }
      return "The asker is told no, \(quoted(text.written)), by \(by)."
    case .run(let command, _):
      return "The command \(quoted(ruleSet.commands.bindings[command].name)) runs, by \(by)."
    case .refuse(let command):
      return "The command \(quoted(ruleSet.commands.bindings[command].name)) is refused to "
        + "@\(event.user.name.shown), by \(by)."
    case .hint(let unknown):
      let hint = ruleSet.commands.nearest(to: unknown).map { "is shown the nearest, \(quoted($0))" } ?? "is told so"
      return "No command \(quoted(unknown)) is bound; the asker \(hint), by \(by)."
    }
  }

  private var nearest: [String] {
    guard !explanation.nearest.isEmpty else {
      let isAsked = if case .silent = explanation.decision.outcome { true } else { false }
      if explanation.isSearchCut {
        return ["The nearest miss was not found: there are too many rules to try them all."]
      }
      return isAsked ? ["No change of one fact or of two would be answered."] : []
    }
    let misses = explanation.nearest.map { miss in
      let changes = miss.changes.map(\.phrase).joined(separator: ", and ")
      guard let rule = miss.decision.rule.map({ ruleSet.rules[$0] }) else { return changes }
      return "\(changes) (rule \(quoted(rule.name)), \(rule.location.file):\(rule.location.line))"
    }
    return ["Nearest miss: it would be answered if \(misses[0])."] + misses.dropFirst().map { "Or if \($0)." }
  }

  /// What the rule that decides does, a line each.
  func effects(of rule: Rule) -> [String] {
    var lines = [rule.action.effect]
    if case .agent = rule.action {
      if let command = command { lines.append(command) }
      lines.append("session: \(rule.session.scope.rawValue)" + (session?.name.map { " (\($0.shown))" } ?? ""))
      if let prompt = rule.prompt { lines.append("prompt: \(quoted(prompt.written))") }
      lines.append("busy: \(rule.busy.mode.rawValue), at most \(rule.busy.max) wait")
      let rates = [("a user", rule.limit.perUser), ("a channel", rule.limit.perChannel)].compactMap { whose, rate in
        rate.map { "\($0.written) for \(whose)" }
      }
      if !rates.isEmpty { lines.append("limit: " + rates.joined(separator: ", ")) }
    }
    if rule.action != .ignore {
      lines.append(
        "reply: \(rule.reply.to.rawValue), \(rule.reply.maxLength.grouped) characters a post"
          + (rule.reply.stream ? ", while it is written" : "")
          + (rule.reply.mentionSender ? ", with the asker's name" : ""))
    }
    return lines
  }

  /// The command that runs or is refused, and who may use it.
  private var command: String? {
    let index: Int
    switch explanation.decision.outcome {
    case .run(let command, _), .refuse(let command): index = command
    default: return nil
    }
    let binding = ruleSet.commands.bindings[index]
    let who = binding.users.isEveryone ? "everyone" : few(binding.users.names.map { "@" + $0.shown })
    return "command: \(binding.name), for \(who)"
  }
}

extension TraceReport {
  static let shadow = "matches, and would decide if it were not in mode shadow"

  /// `and 9,214 rules for other channels, 5 for another text`.
  static func sentence(hidden: [(key: ConditionKey, count: Int)], shownBy option: String) -> String {
    let parts = hidden.enumerated().map { index, hidden in
      let noun = index == 0 ? (hidden.count == 1 ? " rule" : " rules") : ""
      return "\(hidden.count.grouped)\(noun) \(hidden.key.otherwise)"
    }
    return "… and " + parts.joined(separator: ", ") + " (\(option) shows them)"
  }
}

extension RuleAction {
  /// What a rule that decides does, before all else.
  var effect: String {
    switch self {
    case .agent(let name): "agent: \(name.shown)"
    case .say(let text): "say: \(quoted(text.written))"
    case .ignore: "ignore: true"
    case .deny(let text): "deny: \(quoted(text.written))"
    }
  }
}

extension ConditionFinding {
  /// `channel: expected ops or dev, found town-square`.
  var sentence: String {
    switch (key, isDenied) {
    case (.not, false): return "not: this must not hold"
    case (.not, true): return "not: this does not hold"
    case (.any, false): return "any: none of these holds"
    case (.any, true): return "any: this holds"
    default: break
    }
    let name = key.rawValue + (test.map { " \($0.rawValue)" } ?? "") + (isCaseSensitive ? " (case: sensitive)" : "")
    let values = expected.lazy.map { test == nil ? $0.shown : quoted($0) }
    let joined = few(values, isDenied ? "nor" : "or")
    let wanted = isDenied ? (values.count > 1 ? "neither \(joined)" : "not \(joined)") : joined
    return "\(name): expected \(wanted), found \(foundPhrase)"
  }
}

extension ConditionFinding {
  private var foundPhrase: String {
    if test != nil { return quoted(found.joined()) }
    if key == .trigger, found == ["message"] { return "a plain message" }
    return found.isEmpty ? "none" : few(found.map(\.shown), "and")
  }
}

extension ConditionKey {
  /// What a rule asks for that fails on this key.
  fileprivate var otherwise: String {
    switch self {
    case .author: "for other authors"
    case .edited: "for edits, or for none"
    case .trigger: "for other triggers"
    case .kind: "for other kinds of channel"
    case .channel: "for other channels"
    case .user: "for other users"
    case .team: "for other teams"
    case .mention: "for mentions"
    case .command: "for other commands"
    case .thread: "for other places in threads"
    case .files: "for files, or for none"
    case .remote: "for posts of another server, or of this one"
    case .time: "for other times"
    case .not: "that exclude it"
    case .any: "none of whose branches holds"
    case .text: "for other texts"
    }
  }
}

extension FactChange {
  /// The change behind an `if`.
  var phrase: String {
    switch self {
    case .mention(.direct): "it mentioned the bot"
    case .mention(.channelWide): "it mentioned everybody in the channel"
    case .mention(.none): "it did not mention the bot"
    case .channel(let name?): "it stood in ~\(name.shown)"
    case .channel(nil): "it stood in another channel"
    case .kind(.direct): "it were a direct message"
    case .kind(let kind): "it stood in a \(kind.rawValue) channel"
    case .team(let name?): name.isEmpty ? "it stood in no team" : "it stood in the team \(name.shown)"
    case .team(nil): "it stood in another team"
    case .user(let name?): "@\(name.shown) wrote it"
    case .user(nil): "somebody else wrote it"
    case .author(.human): "a person wrote it"
    case .author(let author): "a \(author.rawValue) wrote it"
    case .thread(isReply: false, _): "it stood outside of threads"
    case .thread(_, isJoined: true): "it replied in a thread that the bot has posted in"
    case .thread: "it replied in a thread"
    case .files(let hasFiles): hasFiles ? "it had a file" : "it had no files"
    case .remote(let isRemote): isRemote ? "it came from another server" : "it did not come from another server"
    case .edited(let isEdit): isEdit ? "it were an edit" : "it were no edit"
    case .moment(_, let words): "it were written at \(words)"
    case .saying(let text, .equals): "it said just \(quoted(text))"
    case .saying(let text, .startsWith): "it began with \(quoted(text))"
    case .saying(let text, .endsWith): "it ended with \(quoted(text))"
    case .saying(let text, _): "it said \(quoted(text)) as well"
    case .notSaying(let text): "it did not say \(quoted(text))"
    case .command(let typed): "it said \(quoted(typed))"
    }
  }
}

extension Event {
  /// Who, where and how, as far as it is out of the ordinary.
  func headline(team: String) -> String {
    var parts: [String] = []
    switch channel.kind {
    case .direct: parts.append("@\(user.name.shown) in a direct message")
    case .group: parts.append("@\(user.name.shown) in a group message")
    case .public, .private: parts.append("@\(user.name.shown) in ~\(channel.name.shown) (\(channel.kind.rawValue))")
    }
    if !team.isEmpty { parts.append("team \(team.shown)") }
    if author != .human { parts.append("author \(author.rawValue)") }
    if let overrideName { parts.append("shown as \(quoted(overrideName.shown))") }
    switch mention {
    case .direct: parts.append("mentions the bot")
    case .channelWide: parts.append("mentions everybody")
    case .none: break
    }
    switch thread {
    case .root: break
    case .reply(_, joined: false): parts.append("replies in a thread")
    case .reply(_, joined: true): parts.append("replies in a thread that the bot has posted in")
    }
    if hasFiles { parts.append("with files") }
    if isRemote { parts.append("from another server") }
    if isEdit { parts.append("an edit") }
    return parts.joined(separator: ", ") + ", at \(Moment.text(milliseconds))"
  }
}

extension String {
  /// A name as a terminal can bear it.
  var shown: String { unicodeScalars.map(\.printable).joined() }
}

/// The event's text on one line, not longer than anybody reads.
func shortened(_ text: String) -> String { text.singleLine(atMost: Limits.explainedTextMax).shown }

/// The first few values, and how many more there are.
private func few(_ values: some BidirectionalCollection<String>, _ word: String = "and") -> String {
  let shown = values.prefix(Limits.expectedShownMax)
  if values.count > shown.count {
    return shown.joined(separator: ", ") + " \(word) \(values.count - shown.count) more"
  }
  guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
  return shown.dropLast().joined(separator: ", ") + " \(word) " + last
}
