public import Vocabulary

/// Everyone and everywhere that can reach an agent, what earlier rules take left out.
public struct AgentReach: Sendable, Equatable {
  /// The agent's name.
  public var agent: String
  /// The ways to it, in the order of the rules.
  public var ways: [Way]

  /// One way to an agent: a rule that asks it, or a command that does under a rule.
  public struct Way: Sendable, Equatable {
    /// The rule's index.
    public var rule: Int
    /// The index of the command that asks the agent; nil where the rule hands on the message.
    public var command: Int?
    /// Who may.
    public var users: NameReach
    /// Where, as far as names say it.
    public var channels: NameReach
    /// In which teams.
    public var teams: NameReach
    /// In which kinds of channels.
    public var kinds: [ChannelKind]
    /// Which authors.
    public var authors: [Author]
    /// Those of the rule's triggers that lead there; empty where it asks for none.
    public var triggers: [Trigger]
    /// The earlier rules that take some of what would go this way.
    public var takers: [Int]
    /// What an event must be like; nil where finding out whether any comes through would have taken too long.
    public var situation: Situation?
    /// Whether everything that earlier rules take is left out; else looking for it would have taken too long.
    public var isExact: Bool
  }

  /// Who can reach it in any way.
  public var users: NameReach { ways.map(\.users).reduce(NameReach(names: [], isAllBut: false)) { $0.union($1) } }
}

extension RuleAnalysis {
  /// Every way to an agent.
  public func reach(ofAgent agent: String) -> AgentReach {
    var steps = ReachSteps()
    var ways: [AgentReach.Way] = []
    for (index, rule) in ruleSet.rules.enumerated() where rule.mode == .live {
      guard case .agent(let own) = rule.action else { continue }
      if own == agent { ways += [way(rule: index, command: nil, &steps)].compactMap { $0 } }
      for (command, binding) in ruleSet.commands.bindings.enumerated() {
        guard case .prompt(_, let named) = binding.action, named ?? own == agent else { continue }
        ways += [way(rule: index, command: command, &steps)].compactMap { $0 }
      }
    }
    return AgentReach(agent: agent, ways: ways)
  }

  private func way(rule: Int, command: Int?, _ steps: inout ReachSteps) -> AgentReach.Way? {
    var extra = messages(of: command)
    var way = AgentReach.Way(
      rule: rule, command: command, users: .all, channels: .all, teams: .all, kinds: [], authors: [], triggers: [],
      takers: [], situation: nil, isExact: true)
    var probe = Probe(analysis: self, rule: rule, steps: steps)
    defer { steps = probe.steps }
    switch probe.reachability(extra, \.ways) {
    case .reachable(let situation): way.situation = situation
    case .undecided: break
    case .impossible, .taken: return nil
    }
    way.users = probe.names(.user, writer.users, extra, like: way.situation)
    way.channels = probe.names(.channel, writer.channels, extra, like: way.situation)
    way.teams = probe.names(.team, writer.teams, extra, like: way.situation)
    way.kinds = ChannelKind.allCases.filter { probe.isOpen(.all([extra, .fact(.facets(field: .kinds, .kind($0)))])) }
    way.authors = [Author.human, .bot, .webhook, .plugin].filter {
      probe.isOpen(.all([extra, .fact(.facets(field: .authors, .author($0)))]))
    }
    way.takers = probe.takers(extra)
    let when = ruleSet.rules[rule].when
    for trigger in Trigger.allCases where command == nil && when.triggers?.contains(trigger) ?? false {
      extra = .all([messages(of: nil), writer.formula(trigger, mention: when.mention ?? .direct)])
      if probe.isOpen(extra) { way.triggers.append(trigger) }
    }
    way.isExact = probe.isExact
    return way
  }

  /// The events that come from a rule to its agent: those that give the command, or those that give none.
  private func messages(of command: Int?) -> Formula {
    guard let command else {
      var values: Set<Int> = [FormulaWriter.noCommand]
      guard ruleSet.commands.unknown == .agent else { return .fact(.name(.command, ValueSet(values))) }
      values = Set(ruleSet.commands.bindings.indices.map(FormulaWriter.value(ofCommand:)))
      return .fact(.name(.command, ValueSet(values).complement))
    }
    var writer = writer
    return .all([
      .fact(.name(.command, ValueSet([FormulaWriter.value(ofCommand: command)]))),
      writer.formula(users: ruleSet.commands.bindings[command].users),
    ])
  }
}

/// The steps for each part of an agent's reach: what can be done without comes last, and leaves the others theirs.
private struct ReachSteps {
  var ways = Steps(Limits.analysisStepsMax)
  var details = Steps(Limits.reachStepsMax)
  var takers = Steps(Limits.reachStepsMax)
}

/// Asks of one rule again and again what still comes to it.
private struct Probe {
  let analysis: RuleAnalysis
  let rule: Int
  var steps: ReachSteps
  var isExact = true

  init(analysis: RuleAnalysis, rule: Int, steps: ReachSteps) {
    (self.analysis, self.rule, self.steps) = (analysis, rule, steps)
  }

  mutating func reachability(_ extra: Formula, _ budget: WritableKeyPath<ReachSteps, Steps>) -> Reachability {
    do throws(OutOfSteps) {
      return try analysis.reachability(of: rule, where: extra, &steps[keyPath: budget])
    } catch {
      isExact = false
      return .undecided
    }
  }

  /// Whether anything comes to the rule; what is not known might.
  mutating func isOpen(_ extra: Formula) -> Bool {
    switch reachability(extra, \.details) {
    case .reachable, .undecided: true
    case .impossible, .taken: false
    }
  }

  /// The names with which something comes to the rule; where it does with others as well, all but those with which
  /// nothing does.
  mutating func names(
    _ fact: NameFact, _ names: NameNumbers<String>, _ extra: Formula, like situation: Situation?
  ) -> NameReach {
    let all = Set(names.names.indices.filter { fact != .team || $0 != analysis.writer.noTeam })
    let possible = possible(fact, extra)
    let isOthers = isOpen(.all([extra, .fact(.name(fact, ValueSet(all).complement))]))
    let reached = all.filter { number in
      guard possible.contains(number) else { return false }
      if let situation, doesReach(situation.with(number, as: fact), extra) { return true }
      return isOpen(.all([extra, .fact(.name(fact, ValueSet([number])))]))
    }
    let listed = isOthers ? all.subtracting(reached) : reached
    return NameReach(names: listed.map { names.names[$0] }.sorted(), isAllBut: isOthers)
  }

  /// Whether this very situation comes to the rule: quicker to see than whether any does.
  private mutating func doesReach(_ situation: Situation, _ extra: Formula) -> Bool {
    do throws(OutOfSteps) {
      return try analysis.doesReach(situation, rule, where: extra, &steps.details)
    } catch {
      return false
    }
  }

  /// The earlier rules that match something of what the rule could match.
  mutating func takers(_ extra: Formula) -> [Int] {
    var takers: [Int] = []
    do throws(OutOfSteps) {
      for earlier in 0..<rule where analysis.ruleSet.rules[earlier].mode == .live {
        if try analysis.meet(earlier, rule, where: extra, &steps.takers) { takers.append(earlier) }
      }
    } catch {
      isExact = false
    }
    return takers
  }

  /// The values that the rule by itself leaves open.
  private mutating func possible(_ fact: NameFact, _ extra: Formula) -> ValueSet {
    do throws(OutOfSteps) {
      return try analysis.possible(fact, of: rule, where: extra, &steps.details)
    } catch {
      isExact = false
      return .all
    }
  }
}
