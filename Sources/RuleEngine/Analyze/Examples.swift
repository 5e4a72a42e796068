package import Core

/// Writes events that come to a rule, for people to read and tests to start from.
package struct Examples: Sendable {
  private let analysis: RuleAnalysis
  private let rules: CompiledRules
  private let botName: String

  /// - Parameter botName: the name by which the texts call the bot.
  /// - Throws: what is wrong with a regular expression.
  package init(of analysis: RuleAnalysis, botName: String) throws(RuleSetError) {
    self.analysis = analysis
    rules = try CompiledRules(analysis.ruleSet)
    self.botName = botName
  }

  /// An event like `situation` that comes to the rule, or nil where none could be written: a text that a regular expression
  /// finds, or that holds one pattern without another, has to be thought up by a person.
  ///
  /// - Parameter isMeant: whether what comes of the event is what it is an example for.
  package func event(
    _ situation: Assignment, comingTo rule: Int, where isMeant: (Decision) -> Bool = { _ in true }
  ) -> Event? {
    guard let moment = situation.moment else { return nil }
    let texts = texts(of: situation)
    let called = texts.map { opening(of: situation) + $0 }
    return (called + texts).map { event(situation, $0, moment) }.first { event in
      let decision = rules.decide(event)
      return (decision.rule == rule || decision.shadows.contains(rule)) && isMeant(decision)
    }
  }

  private func event(_ situation: Assignment, _ text: String, _ moment: Int64) -> Event {
    let facets = situation.facets
    let user = analysis.writer.users.name(situation[.user], else: "someone")
    let kind = ChannelKind.allCases.first { facets.contains(.kind($0)) } ?? .public
    let channel = analysis.writer.channels.name(situation[.channel], else: kind.exampleName)
    let teams = analysis.writer.teams
    // Where no rule names a team, none is as good as any, and shorter.
    let team = teams.names.count > 1 ? teams.name(situation[.team], else: "another-team") : ""
    return Event(
      post: "post", team: team,
      channel: Channel(id: channel, name: channel, kind: kind),
      user: User(id: user, name: user),
      author: [Author.human, .bot, .webhook, .plugin].first { facets.contains(.author($0)) } ?? .human,
      mention: Mention.allCases.first { facets.contains(.mention($0)) } ?? .none,
      thread: facets.isDisjoint(with: .replies)
        ? .root : .reply(root: "root", joined: facets.contains(.joined)),
      text: text, botName: botName, hasFiles: facets.contains(.files(true)), isRemote: facets.contains(.remote(true)),
      isEdit: facets.contains(.edit(true)),
      milliseconds: moment * 1_000)
  }

  private func opening(of situation: Assignment) -> String {
    if situation.facets.contains(.mention(.direct)) { return "@\(botName) " }
    return situation.facets.contains(.mention(.channelWide)) ? "@all " : ""
  }

  /// Texts with the patterns that are to be found, the command in front where one is asked for.
  private func texts(of situation: Assignment) -> [String] {
    let patterns = situation.texts.sorted().map { analysis.writer.patterns.names[$0] }
    func texts(_ kinds: TextTestKind...) -> [String] { patterns.filter { kinds.contains($0.kind) }.map(\.text) }
    let beginning = texts(.startsWith).max { $0.count < $1.count }
    let middle = texts(.contains, .word) + texts(.matches).map(\.withoutSigns)
    let ending = texts(.endsWith).max { $0.count < $1.count }
    let composed = ([beginning].compactMap { $0 } + middle + [ending].compactMap { $0 }).joined(separator: " ")
    let bodies = texts(.equals) + [composed] + (patterns.isEmpty ? ["hello", "?"] : [])
    guard let command = command(of: situation) else { return bodies.filter { !$0.isEmpty } }
    return bodies.map { $0.isEmpty ? command : command + " " + $0 } + bodies
  }

  private func command(of situation: Assignment) -> String? {
    let value = situation[.command]
    if value == FormulaBuilder.noCommand { return nil }
    let commands = analysis.ruleSet.commands
    let prefix = commands.prefixes.contains("!") ? "!" : commands.prefixes.first ?? ""
    let index = value - FormulaBuilder.value(ofCommand: 0)
    return prefix + (commands.bindings.indices.contains(index) ? commands.bindings[index].name : "unheard-of")
  }
}

extension NameNumbers<String> {
  /// The name with a number; of `ValueSet.other` one that has none, beginning with `fallback`.
  fileprivate func name(_ number: Int, else fallback: String) -> String {
    if names.indices.contains(number) { return names[number] }
    var name = fallback
    while known(name) != ValueSet.other { name += "-2" }
    return name
  }
}

extension String {
  /// A regular expression as a text that it finds, where it is one of the simplest.
  fileprivate var withoutSigns: String {
    replacing(#"\d+"#, with: "1").replacing(#"\d"#, with: "1").replacing(#"\b"#, with: "").filter {
      $0 != "^" && $0 != "$"
    }
  }
}
