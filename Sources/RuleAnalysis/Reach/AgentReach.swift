package import Core
package import RuleEngine

/// The users and channels from which an agent can be reached, those excluded that earlier rules match.
package struct AgentReach: Sendable, Equatable {
  /// The agent's name.
  package var agent: String
  /// The routes to it, in the order of the rules.
  package var routes: [Route]
  package var extent: Extent

  /// One route to an agent: a rule that asks it, or a command that does so under a rule.
  package struct Route: Sendable, Equatable {
    /// The index of the rule.
    package var rule: Int
    /// The index of the command that asks the agent; `nil` if the rule passes on the message.
    package var command: Int?
    package var users: NameScope
    package var channels: NameScope
    package var teams: NameScope
    package var kinds: [ChannelKind]
    package var authors: [Author]
    /// Those of the rule's triggers that lead there; empty if it asks for none.
    package var triggers: [Trigger]
    /// The earlier rules that match some of the events for this route.
    package var maskingRules: [Int]
    /// An event that takes the route; `nil` if finding one would have taken too long.
    package var assignment: Assignment?
    /// True if all events that earlier rules match are excluded; otherwise finding them would have taken too long.
    package var isExact: Bool
  }

  /// The completeness of a list of routes. Those of the rules themselves are always listed.
  package enum Extent: Sendable, Equatable {
    case all
    /// There are more routes over commands than the list may have.
    case tooManyRoutes
    /// There may be more routes over commands: so many rules and commands were tried that later ones are not.
    case tooManyTries
  }

  /// True if all routes are listed.
  package var isComplete: Bool { extent == .all }

  /// The users who can reach it over any route.
  package var users: NameScope { .union(routes.lazy.map(\.users)) }
}

/// The names of users, channels or teams to which a statement applies.
package struct NameScope: Sendable, Equatable {
  /// The names that the file distinguishes, in alphabetical order.
  package var names: [String]
  /// True if the statement applies to all names except these.
  package var isAllBut: Bool

  package init(names: [String], isAllBut: Bool) {
    self.names = names
    self.isAllBut = isAllBut
  }

  /// Everyone, or everywhere.
  package static let all = NameScope(names: [], isAllBut: true)

  /// Returns the names in any of the scopes.
  static func union(_ scopes: some Sequence<NameScope>) -> NameScope {
    var listed: Set<String> = []
    var excluded: Set<String>?
    for scope in scopes {
      if scope.isAllBut {
        excluded = excluded.map { $0.intersection(scope.names) } ?? Set(scope.names)
      } else {
        listed.formUnion(scope.names)
      }
    }
    return NameScope(names: (excluded?.subtracting(listed) ?? listed).sorted(), isAllBut: excluded != nil)
  }
}

extension RuleAnalysis {
  /// Returns every route to an agent.
  package func reach(ofAgent agent: String) -> AgentReach {
    var steps = ReachSteps()
    var reach = AgentReach(agent: agent, routes: [], extent: .all)
    let prompts = Prompts(ruleSet.commands)
    var (commandRoutes, tries) = (0, 0)
    for (index, rule) in ruleSet.rules.enumerated() where rule.mode == .live {
      guard case .agent(let own) = rule.action else { continue }
      if own == agent { reach.routes += [route(rule: index, command: nil, &steps)].compactMap { $0 } }
      guard reach.isComplete else { continue }
      for prompt in prompts.allowed(by: rule.when) where (prompt.agent ?? own) == agent {
        guard tries < Limits.commandTriesMax else {
          reach.extent = .tooManyTries
          break
        }
        tries += 1
        guard let found = route(rule: index, command: prompt.command, &steps) else { continue }
        guard commandRoutes < Limits.commandRoutesMax else {
          reach.extent = .tooManyRoutes
          break
        }
        commandRoutes += 1
        reach.routes.append(found)
      }
    }
    return reach
  }

  private func route(rule: Int, command: Int?, _ steps: inout ReachSteps) -> AgentReach.Route? {
    guard var probe = Probe(self, rule: rule, extra: messages(of: command), steps) else { return nil }
    defer { steps = probe.steps }
    let assignment: Assignment?
    switch probe.search() {
    case .found(let found): assignment = found
    case .undecided: assignment = nil
    case .none: return nil
    }
    var route = AgentReach.Route(
      rule: rule, command: command, users: probe.names(.user, like: assignment),
      channels: probe.names(.channel, like: assignment), teams: probe.names(.team, like: assignment),
      kinds: ChannelKind.allCases.filter { probe.isOpen(.kind($0), .kind) },
      authors: Author.ofRules.filter { probe.isOpen(.author($0), .author) }, triggers: [],
      maskingRules: probe.maskingRules(), assignment: assignment, isExact: true)
    let when = ruleSet.rules[rule].when
    if command == nil, let triggers = when.triggers {
      route.triggers = Trigger.allCases.filter {
        triggers.contains($0) && probe.isOpen(builder.formula($0, mention: when.mention ?? .direct))
      }
    }
    route.isExact = probe.isExact
    return route
  }

  /// Returns the events that a rule passes on to its agent: those that give the command, or those that give none.
  private func messages(of command: Int?) -> Formula {
    guard let command else {
      guard ruleSet.commands.unknown == .agent else {
        return .atom(.name(.command, ValueSet([FormulaBuilder.noCommand])))
      }
      let bound = Set(ruleSet.commands.bindings.indices.map(FormulaBuilder.value(ofCommand:)))
      return .atom(.name(.command, ValueSet(bound).complement))
    }
    var builder = builder
    return .all([
      .atom(.name(.command, ValueSet([FormulaBuilder.value(ofCommand: command)]))),
      builder.formula(ruleSet.commands.bindings[command].users, .user),
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
  func allowed(by condition: Condition) -> [Prompt] {
    guard let names = condition.commands else { return all }
    return Set(names.flatMap { indices[$0] ?? [] }).sorted().map { all[$0] }
  }
}

/// The budgets for the parts of an agent's reach: dispensable parts have their own, so that they cannot exhaust that of
/// the others.
private struct ReachSteps {
  var routes = StepBudget(Limits.analysisStepsMax)
  var details = StepBudget(Limits.reachStepsMax)
  var masking = StepBudget(Limits.reachStepsMax)
}

/// Finds the events that still reach one rule.
private struct Probe {
  let analysis: RuleAnalysis
  let rule: Int
  let extra: Formula
  var steps: ReachSteps
  var isExact = true
  /// The requirements on every event that the rule matches.
  private let solver: Solver
  /// The earlier rules that may match some of them.
  private let candidates: [Int]
  /// The names that the rule and its candidates ask for; `nil` until they are needed.
  private var mentioned: MentionedNames?

  enum Search {
    case found(Assignment), none, undecided
  }

  /// Returns `nil` if the rule matches no event at all.
  init?(_ analysis: RuleAnalysis, rule: Int, extra: Formula, _ steps: ReachSteps) {
    (self.analysis, self.rule, self.extra, self.steps) = (analysis, rule, extra, steps)
    // Not from the steps that all rules share, so that the rule's own conditions always count.
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

  /// Looks for an event that reaches the rule.
  mutating func search() -> Search { search(.always, \.routes) }

  private mutating func search(_ more: Formula, _ budget: WritableKeyPath<ReachSteps, StepBudget>) -> Search {
    var solver = solver
    var masking: [Int] = []
    do throws(BudgetExceeded) {
      guard try solver.require(more, &steps[keyPath: budget]),
        let event = try analysis.assignment(
          from: solver, reaching: rule, maskingRules: &masking, &steps[keyPath: budget])
      else { return .none }
      return .found(event)
    } catch {
      isExact = false
      return .undecided
    }
  }

  /// Returns whether some event like this reaches the rule; `true` if finding out would take too long.
  mutating func isOpen(_ more: Formula) -> Bool {
    // Atoms that the rule itself excludes need no search.
    if case .atom(let atom) = more, solver.possible.truth(of: atom) == false { return false }
    if case .none = search(more, \.details) { return false }
    return true
  }

  /// Returns whether some event with these values of a fact reaches the rule.
  mutating func isOpen(_ values: FactBits, _ key: ConditionKey) -> Bool {
    isOpen(.atom(.facts(values, of: key.field.domain?.all ?? [])))
  }

  /// Returns the names with which some event reaches the rule; if one does with other names as well, all but those with
  /// which none does.
  mutating func names(_ field: NameField, like assignment: Assignment?) -> NameScope {
    let possible = solver.possible[field]
    var asked = possible.listed ?? mentionedNames(field)
    if field == .team { asked.remove(analysis.builder.noTeam) }
    let isOthers = !possible.isListed && isOpen(.atom(.name(field, ValueSet(asked).complement)))
    let reached = asked.filter { number in
      guard possible.contains(number) else { return false }
      if let assignment, doesReach(assignment.with(number, as: field)) { return true }
      return isOpen(.atom(.name(field, ValueSet([number]))))
    }
    let listed = isOthers ? asked.subtracting(reached) : reached
    return NameScope(names: listed.map { analysis.builder.names(field).values[$0] }.sorted(), isAllBut: isOthers)
  }

  /// Returns the names of a field that the rule asks for, or one that may match some of its events. All others are like
  /// a name that the file does not have.
  private mutating func mentionedNames(_ field: NameField) -> Set<Int> {
    if let mentioned { return mentioned[field] }
    var found = MentionedNames()
    analysis.collectAccessNames(into: &found)
    found.add(extra)
    analysis.collectNames(of: rule, into: &found)
    do throws(BudgetExceeded) {
      for candidate in candidates {
        let before = found.cost
        analysis.collectNames(of: candidate, into: &found)
        try steps.details.spend(found.cost - before)
      }
    } catch {
      isExact = false
    }
    mentioned = found
    return found[field]
  }

  /// Returns whether this event reaches the rule, which is faster to decide than whether any event does.
  private mutating func doesReach(_ event: Assignment) -> Bool {
    do throws(BudgetExceeded) {
      return try analysis.doesReach(event, rule, where: extra, &steps.details)
    } catch {
      return false
    }
  }

  /// Returns the earlier rules that match some of the events that the rule could match.
  mutating func maskingRules() -> [Int] {
    var masking: [Int] = []
    do throws(BudgetExceeded) {
      for candidate in candidates {
        try steps.masking.spend()
        if try analysis.matches(candidate, within: solver, &steps.masking) { masking.append(candidate) }
      }
    } catch {
      isExact = false
    }
    return masking
  }
}
