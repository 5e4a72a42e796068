package import Core
package import RuleEngine

/// Writes events that reach a rule, for people to read and tests to start from.
package struct ExampleEvents: Sendable {
  private let analysis: RuleAnalysis
  private let rules: CompiledRules
  private let botName: String

  /// - Parameter botName: the name by which the texts call the bot.
  /// - Throws: the first regular expression that is invalid.
  package init(of analysis: RuleAnalysis, botName: String) throws(RuleSetError) {
    self.analysis = analysis
    rules = try CompiledRules(analysis.ruleSet)
    self.botName = botName
  }

  /// Returns an event like `assignment` that reaches the rule, or `nil` if none could be written: a text that a regular
  /// expression matches, or that has one pattern without another, has to be written by a person.
  ///
  /// - Parameter isMeant: returns whether the decision is the one that the event is an example of.
  package func event(
    _ assignment: Assignment, reaching rule: Int, where isMeant: (Decision) -> Bool = { _ in true }
  ) -> Event? {
    guard let moment = assignment.moment else { return nil }
    let texts = texts(of: assignment)
    let called = texts.map { opening(of: assignment) + $0 }
    return (called + texts).map { event(assignment, $0, moment) }.first { event in
      let decision = rules.decide(event)
      return (decision.rule == rule || decision.shadows.contains(rule)) && isMeant(decision)
    }
  }

  private func event(_ assignment: Assignment, _ text: String, _ moment: Int64) -> Event {
    let kind = ChannelKind.allCases.first { assignment.facts.contains(.kind($0)) } ?? .public
    let user = name(assignment, .user, else: "someone")
    let channel = name(assignment, .channel, else: kind.exampleName)
    // If no rule names a team, the event needs none.
    let hasTeams = analysis.builder.names(.team).values.count > 1
    let team = hasTeams ? TeamID(nonEmpty: name(assignment, .team, else: "another-team")) : nil
    var event = Event(
      post: "post", team: team, channel: Channel(id: ChannelID(channel), name: channel, kind: kind),
      user: User(id: UserID(user), name: user), text: text, botName: botName, milliseconds: moment * 1_000)
    for (_, domain) in Field.facts {
      let value = domain.values.indices.first { assignment.facts.contains(domain.bit(ofValue: $0)) }
      if let value { domain.set(value, in: &event) }
    }
    return event
  }

  /// Returns the name of a field; for `ValueSet.other` a name that the file does not contain, beginning with
  /// `fallback`.
  private func name(_ assignment: Assignment, _ field: NameField, else fallback: String) -> String {
    let known = analysis.builder.names(field)
    if known.values.indices.contains(assignment[field]) { return known.values[assignment[field]] }
    var name = fallback
    while known.known(name) != nil { name += "-2" }
    return name
  }

  private func opening(of assignment: Assignment) -> String {
    if assignment.facts.contains(.mention(.direct)) { return "@\(botName) " }
    return assignment.facts.contains(.mention(.channelWide)) ? "@all " : ""
  }

  /// Returns texts with the patterns that are to be found, after the command if one is asked for.
  private func texts(of assignment: Assignment) -> [String] {
    let patterns = assignment.texts.sorted().map { analysis.builder.patterns.values[$0] }
    func texts(_ kinds: TextTestKind...) -> [String] { patterns.filter { kinds.contains($0.kind) }.map(\.text) }
    let beginning = texts(.startsWith).max { $0.count < $1.count }
    let middle = texts(.contains, .word) + texts(.matches).map(\.withoutSigns)
    let ending = texts(.endsWith).max { $0.count < $1.count }
    let composed = ([beginning].compactMap { $0 } + middle + [ending].compactMap { $0 }).joined(separator: " ")
    let bodies = texts(.equals) + [composed] + (patterns.isEmpty ? ["hello", "?"] : [])
    guard let command = command(of: assignment) else { return bodies.filter { !$0.isEmpty } }
    return bodies.map { $0.isEmpty ? command : command + " " + $0 } + bodies
  }

  private func command(of assignment: Assignment) -> String? {
    let value = assignment[.command]
    if value == FormulaBuilder.noCommand { return nil }
    let commands = analysis.ruleSet.commands
    let prefix = commands.prefixes.contains("!") ? "!" : commands.prefixes.first ?? ""
    let index = value - FormulaBuilder.value(ofCommand: 0)
    return prefix + (commands.bindings.indices.contains(index) ? commands.bindings[index].name : "unheard-of")
  }
}

extension String {
  /// A regular expression as a text that it matches, if it is one of the simplest.
  fileprivate var withoutSigns: String {
    replacing(#"\d+"#, with: "1").replacing(#"\d"#, with: "1").replacing(#"\b"#, with: "").filter {
      $0 != "^" && $0 != "$"
    }
  }
}
