import ConfigLoader
import Core
import RuleAnalysis
package import RuleEngine

/// The users, channels and messages that reach an agent, as text and as JSON.
package struct ReachReport: Sendable {
  let rules: RuleSet
  let reach: AgentReach
  /// For each way, a message that takes it; `nil` if none was found.
  let examples: [Event?]
  /// Indicates whether a rule has a `time`, so that examples state theirs.
  let asksTime: Bool

  /// The name by which examples mention the bot.
  let bot: String

  /// The form of a report.
  package enum Format: String, Sendable, CaseIterable {
    case human, json
  }

  /// Analyzes a rule set.
  /// - Throws: the problem of a regular expression, or that the agent is not declared.
  package init(agent: String, in rules: RuleSet) throws(ReachError) {
    guard rules.agents.contains(where: { $0.name == agent }) else {
      throw .unknownAgent(agent, known: rules.agents.map(\.name))
    }
    let analysis = RuleAnalysis(rules)
    let reach = analysis.reach(ofAgent: agent)
    let bot = AssumedBot(said: nil, rules: rules, lastStart: nil).name
    do throws(RuleSetError) {
      let writer = try ExampleEvents(of: analysis, botName: bot)
      examples = reach.routes.map { way in
        way.assignment.flatMap { situation in
          writer.event(situation, reaching: way.rule) { decision in
            guard let command = way.command else { return decision.outcome == .ask(agent: agent) }
            if case .run(command, _) = decision.outcome { return true }
            return false
          }
        }
      }
    } catch {
      throw .rules(error)
    }
    self.rules = rules
    self.reach = reach
    self.bot = bot
    asksTime = rules.rules.contains { $0.when.asksTime }
  }
}

/// The reason why an agent's reach cannot be analyzed.
package enum ReachError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file declares no agent of this name.
  case unknownAgent(String, known: [String])
  /// The rules do not compile.
  case rules(RuleSetError)

  /// The reason and the remedy.
  package var description: String {
    switch self {
    case .unknownAgent(let name, let known):
      let nearest = Spelling.nearest(to: name, among: known)
      let remedy =
        nearest.map { "did you mean \(quoted($0))?" }
        ?? (known.isEmpty ? "the rules declare none" : "the rules declare \(listed(known))")
      return "there is no agent \(quoted(name)); \(remedy)"
    case .rules(let error): return "\(error)"
    }
  }
}

extension ReachReport {
  /// A summary, then each way to the agent.
  package var text: String {
    ([summary] + zip(reach.routes, examples).map { "\n" + lines($0, $1).joined(separator: "\n") }
      + (note.map { ["\nnote: \($0)"] } ?? []))
      .joined(separator: "\n") + "\n"
  }

  private var note: String? {
    switch reach.extent {
    case .all: nil
    case .tooManyRoutes: "there are more ways through commands; those of later rules are omitted"
    case .tooManyTries: "there may be more ways through commands; searching later rules would take too long"
    }
  }

  private var summary: String {
    let agent = quoted(reach.agent)
    guard !reach.routes.isEmpty else { return "no one can reach \(agent): \(reason)" }
    var known: Set<String> = []
    let scopes = reach.routes.map(\.scope).filter { known.insert($0).inserted }
    let rules = Set(reach.routes.filter { $0.command == nil }.map(\.rule)).count
    let commands = Set(reach.routes.compactMap(\.command)).count
    let by = [(rules, "rule"), (commands, "command")].filter { $0.0 > 0 }.map { $0.0.counted($0.1) }
    return """
      \(by.joined(separator: " and ")) can reach \(agent)
        who      \(reach.users.people)
        where    \(enumeration(of: scopes, separator: "; ", limit: Limits.reachNamesMax))
      """
  }

  private var reason: String {
    let asks = rules.rules.contains { $0.action == .agent(reach.agent) }
    return asks
      ? "no message reaches the rules that ask it" : "no rule asks it, and no command that a rule allows"
  }

  private func lines(_ way: AgentReach.Route, _ example: Event?) -> [String] {
    let rule = rules.rules[way.rule]
    let location = "\(rule.location.file):\(rule.location.line)"
    let command = way.command.map { rules.commands.bindings[$0].name }
    var lines = [
      command.map { "\(location): the command \(quoted($0)) under the rule \(quoted(rule.name))" }
        ?? "\(location): the rule \(quoted(rule.name))"
    ]
    func add(_ title: String, _ text: String) {
      lines.append("  " + title + String(repeating: " ", count: 9 - title.count) + text)
    }
    add("who", way.users.people + (way.authors == [.human] ? "" : " (\(way.authors.names))"))
    add("where", way.scope)
    add(
      "by",
      command.map { (rules.commands.prefixes.contains("!") ? "!" : rules.commands.prefixes.first ?? "") + $0 }
        ?? way.calls(rule.when.mention))
    for further in rule.when.additionalConditions { add("if", further) }
    if !way.maskingRules.isEmpty {
      let earlier = way.maskingRules.map { quoted(rules.rules[$0].name) }
      add("without", "the messages that \(enumeration(of: earlier, limit: Limits.reachNamesMax)) matches first")
    }
    if !way.isExact { add("note", "too complex to analyze in full: earlier rules may match more of it") }
    add("example", example?.given(withMoment: asksTime, bot: bot).text ?? "no matching message was found")
    return lines
  }
}

extension AgentReach.Route {
  /// The channels and teams: `in channels, in team core`.
  fileprivate var scope: String {
    let isEveryKind = kinds.count == ChannelKind.allCases.count
    let anywhere = isEveryKind ? "everywhere" : "in " + kinds.names
    var scopes: [String] = []
    switch (channels.isAllBut, channels.names.isEmpty) {
    case (true, true): scopes.append(anywhere)
    case (true, false): scopes.append("\(anywhere) except in \(channels.listed)")
    case (false, _): scopes.append("in " + channels.listed + (isEveryKind ? "" : " (\(kinds.names))"))
    }
    // Direct and group channels belong to no team.
    if teams != .all, kinds.contains(.public) || kinds.contains(.private) {
      scopes.append("\(teams.isAllBut ? "not in team" : "in team") \(teams.listed)")
    }
    return scopes.joined(separator: ", ")
  }

  /// The triggers of the agent.
  fileprivate func calls(_ reach: MentionReach?) -> String {
    let wide = reach == .channelWide ? " (also @all, @channel, @here)" : ""
    if triggers.isEmpty { return reach == nil ? "any message" : "any message that mentions the bot" + wide }
    return triggers.map { $0.rawValue + ($0 == .mention ? wide : "") }.joined(separator: ", ")
  }
}

extension [ChannelKind] {
  /// The kinds as people name them: public and private ones are channels.
  fileprivate var names: String {
    var names: [String] = []
    switch (contains(.public), contains(.private)) {
    case (true, true): names.append("channels")
    case (true, false): names.append("public channels")
    case (false, true): names.append("private channels")
    case (false, false): break
    }
    if contains(.group) { names.append("group messages") }
    if contains(.direct) { names.append("direct messages") }
    return names.joined(separator: ", ")
  }
}

extension NameScope {
  fileprivate var listed: String { enumeration(of: names, limit: Limits.reachNamesMax) }

  fileprivate var people: String {
    switch (isAllBut, names.isEmpty) {
    case (true, true): "everyone"
    case (true, false): "everyone except \(listed)"
    case (false, _): listed
    }
  }
}

extension [Author] {
  fileprivate var names: String { map { $0 == .human ? "people" : $0.rawValue + "s" }.joined(separator: ", ") }
}

extension Condition {
  fileprivate var asksTime: Bool { time != nil || (not + any).contains(where: \.asksTime) }
}
