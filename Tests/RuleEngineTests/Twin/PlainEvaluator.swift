import Core
import Foundation
import RuleEngine

/// Decides events by evaluating the rule set itself, rule by rule and key by key: slow, and obviously right. The
/// decisions of the compiled rules are compared with it.
struct PlainEvaluator {
  let rules: RuleSet

  func decide(_ event: Event) -> Decision {
    if event.author == .own { return Decision(outcome: .silent(.own)) }
    if event.author == .system { return Decision(outcome: .silent(.system)) }
    if !has(rules.access.users, event.user.id.rawValue) {
      let isTold = event.channel.kind == .direct && event.author == .human && !event.isEdit
      if isTold, let denied = rules.access.denied { return Decision(outcome: .deny(denied)) }
      return Decision(outcome: .silent(.noAccess))
    }
    var shadows: [Int] = []
    var trace: [TraceStep] = []
    for (index, rule) in rules.rules.enumerated() {
      if let failed = failure(ofRule: rule.when, event) {
        trace.append(TraceStep(rule: index, failed: failed))
      } else if rule.mode == .shadow {
        shadows.append(index)
      } else {
        return Decision(outcome: outcome(rule.action, event), rule: index, shadows: shadows, trace: trace)
      }
    }
    return Decision(outcome: .silent(.noRule), shadows: shadows, trace: trace)
  }

  private func outcome(_ action: RuleAction, _ event: Event) -> Outcome {
    switch action {
    case .ignore: return .silent(.ignored)
    case .say(let text): return .say(text)
    case .deny(let text): return .deny(text)
    case .agent(let agent):
      guard let command = command(in: event) else { return .ask(agent: agent) }
      if let index = binding(command) {
        let mayUse = has(rules.commands.bindings[index].users, event.user.id.rawValue)
        return mayUse ? .run(command: index, arguments: command.arguments) : .refuse(command: index)
      }
      let isAddressed = event.channel.kind == .direct || event.mention == .direct
      switch rules.commands.unknown {
      case .agent: return .ask(agent: agent)
      case .hint where isAddressed:
        return .hint(unknown: command.name)
      case .hint, .ignore: return .silent(.unknownCommand)
      }
    }
  }

  private func command(in event: Event) -> SlashCommand? {
    event.author == .plugin ? nil : SlashCommand(event.body, prefixes: rules.commands.prefixes)
  }

  private func binding(_ command: SlashCommand) -> Int? {
    rules.commands.bindings.firstIndex { ([$0.name] + $0.aliases).contains(command.name.lowercased()) }
  }

  private func has(_ set: NameSet, _ id: String) -> Bool { set.isEveryone || set.names.contains(id) }

  private func failure(ofRule condition: Condition, _ event: Event) -> ConditionKey? {
    // The defaults of rules apply at the top, or in the branches of `any` if a branch states the key.
    failure(
      of: condition, event, onlyPeople: condition.authors == nil, noEdits: condition[flag: .edited] == nil)
  }

  private func failure(
    of condition: Condition, _ event: Event, onlyPeople: Bool = false, noEdits: Bool = false
  ) -> ConditionKey? {
    let peopleInBranches = onlyPeople && condition.any.contains(where: asksAuthor)
    let editsInBranches = noEdits && condition.any.contains(where: asksEdit)
    if let authors = condition.authors {
      if !authors.contains(event.author) { return .author }
    } else if onlyPeople && !peopleInBranches && event.author != .human {
      return .author
    }
    if let isEdit = condition[flag: .edited] {
      if isEdit != event.isEdit { return .edited }
    } else if noEdits && !editsInBranches && event.isEdit {
      return .edited
    }
    let mentions: Set<Mention> = condition.mention == .channelWide ? [.direct, .channelWide] : [.direct]
    if let triggers = condition.triggers {
      var holding: Set<Trigger> = [.message]
      if mentions.contains(event.mention) { holding.insert(.mention) }
      if event.channel.kind == .direct { holding.insert(.dm) }
      if command(in: event) != nil { holding.insert(.command) }
      if case .reply(_, joined: true) = event.thread { holding.insert(.thread) }
      if holding.isDisjoint(with: triggers) { return .trigger }
    }
    if let kinds = condition.kinds, !kinds.contains(event.channel.kind) { return .kind }
    if let channels = condition.channels, !has(channels, event.channel.id.rawValue) { return .channel }
    if let users = condition.users, !has(users, event.user.id.rawValue) { return .user }
    if let teams = condition.teams, !has(teams, event.team?.rawValue ?? "") { return .team }
    if condition.mention != nil, condition.triggers?.contains(.mention) != true, !mentions.contains(event.mention) {
      return .mention
    }
    if let commands = condition.commands {
      let command = command(in: event)
      guard let index = command.flatMap(binding), commands.contains(rules.commands.bindings[index].name) else {
        return .command
      }
    }
    if condition.thread == .root, event.thread != .root { return .thread }
    if condition.thread == .reply, event.thread == .root { return .thread }
    if let hasFiles = condition[flag: .files], hasFiles != event.hasFiles { return .files }
    if let isRemote = condition[flag: .remote], isRemote != event.isRemote { return .remote }
    if let time = condition.time, !isWithin(time, event) { return .time }
    if condition.not.contains(where: { failure(of: $0, event) == nil }) { return .not }
    if !condition.any.isEmpty {
      let isAny = condition.any.contains {
        failure(
          of: $0, event, onlyPeople: peopleInBranches && $0.authors == nil,
          noEdits: editsInBranches && $0[flag: .edited] == nil) == nil
      }
      if !isAny { return .any }
    }
    for test in condition.text where !test.patterns.contains(where: { finds($0, test, in: event.body) }) {
      return .text
    }
    return nil
  }

  private func asksAuthor(_ condition: Condition) -> Bool {
    condition.authors != nil || condition.any.contains(where: asksAuthor)
  }

  private func asksEdit(_ condition: Condition) -> Bool {
    condition[flag: .edited] != nil || condition.any.contains(where: asksEdit)
  }

  private func isWithin(_ window: TimeWindow, _ event: Event) -> Bool {
    var calendar = Calendar(identifier: .gregorian)
    guard let zone = TimeZone(identifier: window.zone.name) else { return false }
    calendar.timeZone = zone
    let now = Date(timeIntervalSince1970: Double(event.milliseconds) / 1_000)
    let parts = calendar.dateComponents([.hour, .minute, .weekday], from: now)
    guard let hour = parts.hour, let minute = parts.minute, let day = parts.weekday else { return false }
    // Foundation counts from Sunday, 1.
    let today = Weekday(rawValue: (day + 5) % 7)
    let yesterday = Weekday(rawValue: (day + 4) % 7)
    func isOn(_ weekday: Weekday?) -> Bool { window.days.map { days in weekday.map(days.contains) ?? false } ?? true }
    guard let hours = window.hours else { return isOn(today) }
    let moment = hour * 60 + minute
    return hours.contains { range in
      range.end > range.start
        ? isOn(today) && moment >= range.start && moment < range.end
        : isOn(today) && moment >= range.start || isOn(yesterday) && moment < range.end
    }
  }

  private func finds(_ pattern: String, _ test: TextTest, in body: String) -> Bool {
    let (needle, text) = test.isCaseSensitive ? (pattern, body) : (pattern.lowercased(), body.lowercased())
    switch test.kind {
    case .contains: return text.contains(needle)
    case .startsWith: return text.hasPrefix(needle)
    case .endsWith: return text.hasSuffix(needle)
    case .equals: return text == needle
    case .word:
      return text.ranges(of: needle).contains { range in
        let before = text[..<range.lowerBound].last
        let after = text[range.upperBound...].first
        return isEdge(before, needle.first) && isEdge(after, needle.last)
      }
    case .matches:
      let options: NSRegularExpression.Options = test.isCaseSensitive ? [] : [.caseInsensitive]
      let expression = try? NSRegularExpression(pattern: pattern, options: options)
      return expression?.firstMatch(in: body, range: NSRange(body.startIndex..., in: body)) != nil
    }
  }

  /// Returns whether a word has an edge between two characters. Only two letters of the generated texts are of a script
  /// without spaces.
  private func isEdge(_ outside: Character?, _ inside: Character?) -> Bool {
    let unspaced: Set<Character> = ["世", "界"]
    return !isWordCharacter(outside) || [outside, inside].contains { $0.map(unspaced.contains) ?? false }
  }

  private func isWordCharacter(_ character: Character?) -> Bool {
    guard let character else { return false }
    return character.isLetter || character.isNumber || character == "_"
  }
}
