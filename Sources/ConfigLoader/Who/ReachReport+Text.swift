import Core
import RuleEngine

extension ReachReport {
  /// What it comes to in a line, then every way to the agent.
  package var text: String {
    ([summary] + zip(reach.ways, examples).map { "\n" + lines($0, $1).joined(separator: "\n") }
      + (note.map { ["\nnote: \($0)"] } ?? []))
      .joined(separator: "\n") + "\n"
  }

  private var note: String? {
    switch reach.extent {
    case .all: nil
    case .tooManyWays: "there are more ways over commands; those of later rules are left out"
    case .tooManyTries: "there may be more ways over commands; looking for those of later rules would take too long"
    }
  }

  private var summary: String {
    let agent = quoted(reach.agent)
    guard !reach.ways.isEmpty else { return "nobody can reach \(agent): \(reason)" }
    var known: Set<String> = []
    let places = reach.ways.map(\.places).filter { known.insert($0).inserted }
    let ways = count(Set(reach.ways.filter { $0.command == nil }.map(\.rule)).count, "rule")
    let commands = count(Set(reach.ways.compactMap(\.command)).count, "command")
    let by = [ways, commands].compactMap { $0 }.joined(separator: " and ")
    return """
      \(by) can reach \(agent)
        who      \(reach.users.people)
        where    \(some(places, separator: "; "))
      """
  }

  private var reason: String {
    let asks = rules.rules.contains { $0.action == .agent(reach.agent) }
    return asks
      ? "nothing is left for the rules that ask it" : "no rule asks it, nor any command that a rule lets through"
  }

  private func count(_ number: Int, _ noun: String) -> String? {
    number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private func lines(_ way: AgentReach.Way, _ example: Event?) -> [String] {
    let rule = rules.rules[way.rule]
    let place = "\(rule.location.file):\(rule.location.line)"
    let command = way.command.map { rules.commands.bindings[$0].name }
    var lines = [
      command.map { "\(place): the command \(quoted($0)) under the rule \(quoted(rule.name))" }
        ?? "\(place): the rule \(quoted(rule.name))"
    ]
    func add(_ title: String, _ text: String) {
      lines.append("  " + title + String(repeating: " ", count: 9 - title.count) + text)
    }
    add("who", way.users.people + (way.authors == [.human] ? "" : " (\(way.authors.names))"))
    add("where", way.places)
    add(
      "by",
      command.map { (rules.commands.prefixes.contains("!") ? "!" : rules.commands.prefixes.first ?? "") + $0 }
        ?? way.calls(rule.when.mention))
    for further in rule.when.further { add("if", further) }
    if !way.maskingRules.isEmpty {
      add(
        "without",
        "what \(some(way.maskingRules.lazy.map { quoted(rules.rules[$0].name) }, separator: ", ")) takes first")
    }
    if !way.isExact {
      add("note", "too much to look through: earlier rules may take more of it")
    }
    add("example", example?.given(withMoment: asksTime, bot: bot).text ?? "none found that does what it asks")
    return lines
  }
}

extension AgentReach.Way {
  /// Where, in words.
  fileprivate var places: String {
    let isEveryKind = kinds.count == ChannelKind.allCases.count
    let anywhere = isEveryKind ? "everywhere" : "in " + kinds.places
    var places: [String] = []
    switch (channels.isAllBut, channels.names.isEmpty) {
    case (true, true): places.append(anywhere)
    case (true, false): places.append("\(anywhere) but in \(channels.listed)")
    case (false, _): places.append("in " + channels.listed + (isEveryKind ? "" : " (\(kinds.places))"))
    }
    // Direct and group channels belong to no team.
    if teams != .all, self.kinds.contains(.public) || self.kinds.contains(.private) {
      places.append("\(teams.isAllBut ? "not in team" : "in team") \(teams.listed)")
    }
    return places.joined(separator: ", ")
  }

  /// What calls the agent, in words.
  fileprivate func calls(_ reach: MentionReach?) -> String {
    let wide = reach == .channelWide ? " (also @all, @channel, @here)" : ""
    if triggers.isEmpty { return reach == nil ? "any message" : "any message that mentions the bot" + wide }
    return triggers.map { $0.rawValue + ($0 == .mention ? wide : "") }.joined(separator: ", ")
  }
}

extension [ChannelKind] {
  /// Public and private ones are what people call channels.
  fileprivate var places: String {
    var places: [String] = []
    switch (contains(.public), contains(.private)) {
    case (true, true): places.append("channels")
    case (true, false): places.append("public channels")
    case (false, true): places.append("private channels")
    case (false, false): break
    }
    if contains(.group) { places.append("group messages") }
    if contains(.direct) { places.append("direct messages") }
    return places.joined(separator: ", ")
  }
}

extension NameScope {
  fileprivate var listed: String { some(names, separator: ", ") }

  fileprivate var people: String {
    switch (isAllBut, names.isEmpty) {
    case (true, true): "everyone"
    case (true, false): "everyone but \(listed)"
    case (false, _): listed
    }
  }
}

extension [Author] {
  fileprivate var names: String { map { $0 == .human ? "people" : $0.rawValue + "s" }.joined(separator: ", ") }
}

extension ReachError: CustomStringConvertible {
  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .noAgent(let name, let known):
      let nearest = Spelling.nearest(to: name, among: known)
      let cure =
        nearest.map { "did you mean \(quoted($0))?" }
        ?? (known.isEmpty ? "the rules declare none" : "the rules declare \(listed(known))")
      return "there is no agent \(quoted(name)); \(cure)"
    case .rules(let error): return "\(error)"
    }
  }
}

/// As many names as a line can bear.
private func some(_ names: some Collection<String>, separator: String) -> String {
  let shown = names.prefix(Limits.namesOfReachShownMax).joined(separator: separator)
  let more = names.count - Limits.namesOfReachShownMax
  return more > 0 ? "\(shown) and \(more) more" : shown
}
