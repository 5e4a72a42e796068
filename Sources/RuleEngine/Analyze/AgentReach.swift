package import Core

/// Everyone and everywhere that can reach an agent, what earlier rules take left out.
package struct AgentReach: Sendable, Equatable {
  /// The agent's name.
  package var agent: String
  /// The ways to it, in the order of the rules.
  package var ways: [Way]

  /// One way to an agent: a rule that asks it, or a command that does under a rule.
  package struct Way: Sendable, Equatable {
    /// The rule's index.
    package var rule: Int
    /// The index of the command that asks the agent; nil where the rule hands on the message.
    package var command: Int?
    /// Who may.
    package var users: NameScope
    /// Where, as far as names say it.
    package var channels: NameScope
    /// In which teams.
    package var teams: NameScope
    /// In which kinds of channels.
    package var kinds: [ChannelKind]
    /// Which authors.
    package var authors: [Author]
    /// Those of the rule's triggers that lead there; empty where it asks for none.
    package var triggers: [Trigger]
    /// The earlier rules that take some of what would go this way.
    package var maskingRules: [Int]
    /// What an event must be like; nil where finding out whether any comes through would have taken too long.
    package var situation: Assignment?
    /// Whether everything that earlier rules take is left out; else looking for it would have taken too long.
    package var isExact: Bool
  }

  /// How far the list goes.
  package var extent: Extent

  /// How far a list of ways goes. Those of the rules themselves are always listed.
  package enum Extent: Sendable, Equatable {
    /// All are listed.
    case all
    /// There are more ways over commands than are listed at most.
    case tooManyWays
    /// There may be more ways over commands: so many rules and commands were tried that later ones are not.
    case tooManyTries
  }

  /// Whether all ways are listed.
  package var isComplete: Bool { extent == .all }

  /// Who can reach it in any way.
  package var users: NameScope { .union(ways.lazy.map(\.users)) }
}

extension RuleAnalysis {
  /// Returns every way to an agent.
  package func reach(ofAgent agent: String) -> AgentReach {
    var steps = ReachSteps()
    var reach = AgentReach(agent: agent, ways: [], extent: .all)
    let prompts = Prompts(ruleSet.commands)
    var (commandWays, tries) = (0, 0)
    for (index, rule) in ruleSet.rules.enumerated() where rule.mode == .live {
      guard case .agent(let own) = rule.action else { continue }
      if own == agent { reach.ways += [way(rule: index, command: nil, &steps)].compactMap { $0 } }
      guard reach.isComplete else { continue }
      for prompt in prompts.admitted(by: rule.when) where (prompt.agent ?? own) == agent {
        guard tries < Limits.commandTriesMax else {
          reach.extent = .tooManyTries
          break
        }
        tries += 1
        guard let found = way(rule: index, command: prompt.command, &steps) else { continue }
        guard commandWays < Limits.commandWaysMax else {
          reach.extent = .tooManyWays
          break
        }
        commandWays += 1
        reach.ways.append(found)
      }
    }
    return reach
  }

  private func way(rule: Int, command: Int?, _ steps: inout ReachSteps) -> AgentReach.Way? {
    guard var probe = Probe(self, rule: rule, extra: messages(of: command), steps) else { return nil }
    defer { steps = probe.steps }
    let situation: Assignment?
    switch probe.search() {
    case .found(let found): situation = found
    case .undecided: situation = nil
    case .none: return nil
    }
    var way = AgentReach.Way(
      rule: rule, command: command, users: probe.names(.user, writer.users, like: situation),
      channels: probe.names(.channel, writer.channels, like: situation),
      teams: probe.names(.team, writer.teams, like: situation),
      kinds: ChannelKind.allCases.filter { probe.isOpen(.fact(.facets(field: .kinds, .kind($0)))) },
      authors: [Author.human, .bot, .webhook, .plugin].filter {
        probe.isOpen(.fact(.facets(field: .authors, .author($0))))
      }, triggers: [], maskingRules: probe.maskingRules(), situation: situation, isExact: true)
    let when = ruleSet.rules[rule].when
    if command == nil, let triggers = when.triggers {
      way.triggers = Trigger.allCases.filter {
        triggers.contains($0) && probe.isOpen(writer.formula($0, mention: when.mention ?? .direct))
      }
    }
    way.isExact = probe.isExact
    return way
  }

  /// The events that come from a rule to its agent: those that give the command, or those that give none.
  private func messages(of command: Int?) -> Formula {
    guard let command else {
      var values: Set<Int> = [FormulaBuilder.noCommand]
      guard ruleSet.commands.unknown == .agent else { return .fact(.name(.command, ValueSet(values))) }
      values = Set(ruleSet.commands.bindings.indices.map(FormulaBuilder.value(ofCommand:)))
      return .fact(.name(.command, ValueSet(values).complement))
    }
    var writer = writer
    return .all([
      .fact(.name(.command, ValueSet([FormulaBuilder.value(ofCommand: command)]))),
      writer.formula(users: ruleSet.commands.bindings[command].users),
    ])
  }
}

/// The commands that ask an agent.
private struct Prompts {
  struct Prompt {
    /// The index of the command.
    var command: Int
    /// The agent that it names.
    var agent: String?
  }

  private var all: [Prompt] = []
  /// The indices in `all` of the commands of a name or alias.
  private var indices: [String: [Int]] = [:]

  init(_ commands: Commands) {
    for (index, binding) in commands.bindings.enumerated() {
      guard case .prompt(_, let agent) = binding.action else { continue }
      for name in [binding.name] + binding.aliases { indices[name, default: []].append(all.count) }
      all.append(Prompt(command: index, agent: agent))
    }
  }

  /// Returns those that a condition does not exclude by its commands, in their order.
  func admitted(by condition: Condition) -> [Prompt] {
    guard let names = condition.commands else { return all }
    return Set(names.flatMap { indices[$0] ?? [] }).sorted().map { all[$0] }
  }
}

/// The steps for each part of an agent's reach: what can be done without comes last, and leaves the others theirs.
private struct ReachSteps {
  var ways = StepBudget(Limits.analysisStepsMax)
  var details = StepBudget(Limits.reachStepsMax)
  var maskingRules = StepBudget(Limits.reachStepsMax)
}

/// Asks of one rule again and again what still comes to it.
private struct Probe {
  let analysis: RuleAnalysis
  let rule: Int
  let extra: Formula
  var steps: ReachSteps
  var isExact = true
  /// What is required of every event that the rule matches.
  private let solver: Solver
  /// The earlier rules that may take some of them.
  private let candidates: [Int]
  /// The names that any of this asks for; `nil` until they are needed.
  private var mentioned: NamesByFact?

  enum Search {
    case found(Assignment), none, undecided
  }

  /// Returns `nil` if the rule matches no event at all.
  init?(_ analysis: RuleAnalysis, rule: Int, extra: Formula, _ steps: ReachSteps) {
    (self.analysis, self.rule, self.extra, self.steps) = (analysis, rule, extra, steps)
    // Only as long as the rule is: not of the steps that all rules share, so that what it says itself always counts.
    var own = StepBudget(Limits.analysisStepsPerRuleMax)
    do throws(BudgetExceeded) {
      guard let solver = try analysis.solver(of: rule, where: extra, &own) else { return nil }
      self.solver = solver
    } catch {
      solver = Solver()
      isExact = false
    }
    candidates = analysis.candidates(before: rule, meeting: solver)
  }

  /// Looks for an event that comes to the rule.
  mutating func search() -> Search { search(.always, \.ways) }

  private mutating func search(_ more: Formula, _ budget: WritableKeyPath<ReachSteps, StepBudget>) -> Search {
    var solver = solver
    var maskingRules: [Int] = []
    do throws(BudgetExceeded) {
      guard try solver.require(more, &steps[keyPath: budget]),
        let situation = try analysis.situation(
          from: solver, comingTo: rule, maskingRules: &maskingRules, &steps[keyPath: budget])
      else { return .none }
      return .found(situation)
    } catch {
      isExact = false
      return .undecided
    }
  }

  /// Returns whether something of this comes to the rule; what would take too long to find out might.
  mutating func isOpen(_ more: Formula) -> Bool {
    // What the rule itself excludes takes no steps to see.
    if case .fact(let statement) = more, solver.possible.truth(of: statement) == false { return false }
    if case .none = search(more, \.details) { return false }
    return true
  }

  /// Returns the names with which something comes to the rule; if it does with others as well, all but those with which
  /// nothing does.
  mutating func names(_ fact: NameFact, _ names: NameNumbers<String>, like situation: Assignment?) -> NameScope {
    let possible = solver.possible.names[fact.rawValue]
    var asked = possible.listed ?? mentionedNames(fact)
    if fact == .team { asked.remove(analysis.writer.noTeam) }
    let isOthers = !possible.isListed && isOpen(.fact(.name(fact, ValueSet(asked).complement)))
    let reached = asked.filter { number in
      guard possible.contains(number) else { return false }
      if let situation, doesReach(situation.with(number, as: fact)) { return true }
      return isOpen(.fact(.name(fact, ValueSet([number]))))
    }
    let listed = isOthers ? asked.subtracting(reached) : reached
    return NameScope(names: listed.map { names.names[$0] }.sorted(), isAllBut: isOthers)
  }

  /// Returns the names of a fact that the rule asks for, or one that may take some of its events. All others are like a
  /// name that the file does not have.
  private mutating func mentionedNames(_ fact: NameFact) -> Set<Int> {
    if let mentioned { return mentioned[fact] }
    var found = NamesByFact()
    analysis.collectAccessNames(into: &found)
    found.add(extra)
    analysis.collectNames(of: rule, into: &found)
    do throws(BudgetExceeded) {
      for candidate in candidates {
        let before = found.cost
        analysis.collectNames(of: candidate, into: &found)
        try steps.details.take(found.cost - before)
      }
    } catch {
      isExact = false
    }
    mentioned = found
    return found[fact]
  }

  /// Returns whether this very situation comes to the rule: quicker to see than whether any does.
  private mutating func doesReach(_ situation: Assignment) -> Bool {
    do throws(BudgetExceeded) {
      return try analysis.doesReach(situation, rule, where: extra, &steps.details)
    } catch {
      return false
    }
  }

  /// Returns the earlier rules that match something of what the rule could match.
  mutating func maskingRules() -> [Int] {
    var maskingRules: [Int] = []
    do throws(BudgetExceeded) {
      for candidate in candidates {
        try steps.maskingRules.take()
        if try analysis.matches(candidate, within: solver, &steps.maskingRules) { maskingRules.append(candidate) }
      }
    } catch {
      isExact = false
    }
    return maskingRules
  }
}
