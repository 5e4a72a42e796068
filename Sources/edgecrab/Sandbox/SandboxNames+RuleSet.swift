import Core
import RuleEngine
import Sandbox

extension SandboxNames {
  /// Collects the users, teams and channels that rules name, and a webhook for each rule that asks for one.
  init(in ruleSet: RuleSet) {
    let names = ReferencedNames(in: ruleSet)
    var collector = ConditionCollector()
    for rule in ruleSet.rules { collector.add(rule.when, of: rule.name) }
    self.init(
      teams: names.teams.sorted(),
      users: names.users.sorted().map { User($0, isBot: collector.bots.contains($0)) },
      channels: collector.channels, webhooks: collector.webhooks)
  }
}

/// Collects what conditions say about the names in them. A part of a condition inherits what the whole asks for.
private struct ConditionCollector {
  /// Each once, in the order of the rules.
  private(set) var channels: [SandboxNames.Channel] = []
  private(set) var webhooks: [SandboxNames.Webhook] = []
  /// The users that have to be bots.
  private(set) var bots: Set<String> = []

  /// The requirements of a condition and of those around it.
  private struct Scope {
    var teams: [String?] = [nil]
    var channels: [String] = []
    var users: [String] = []
    var kinds: CaseSet<ChannelKind>?
    var authors: CaseSet<Author>?

    func narrowed(by condition: Condition) -> Scope {
      var scope = self
      if let teams = condition.teams, !teams.names.isEmpty { scope.teams = teams.names }
      if let channels = condition.channels { scope.channels = channels.names }
      if let users = condition.users { scope.users = users.names }
      scope.kinds = condition.kinds ?? kinds
      scope.authors = condition.authors ?? authors
      return scope
    }
  }

  mutating func add(_ condition: Condition, of rule: String) {
    let scope = Scope().narrowed(by: condition)
    add(condition, scope)
    addWebhooks(of: rule, condition, scope)
  }

  private mutating func add(_ condition: Condition, _ scope: Scope) {
    let isPrivate = scope.kinds.map { $0.contains(.private) && !$0.contains(.public) } ?? false
    for team in scope.teams {
      for name in scope.channels { add(SandboxNames.Channel(name, team: team, isPrivate: isPrivate)) }
    }
    if let authors = scope.authors, authors.contains(.bot), !authors.contains(.human) { bots.formUnion(scope.users) }
    for part in condition.any { add(part, scope.narrowed(by: part)) }
    // What is excluded says nothing about the kind of what it names.
    for part in condition.not {
      var scope = Scope().narrowed(by: part)
      scope.authors = nil
      add(part, scope)
    }
  }

  private mutating func add(_ channel: SandboxNames.Channel) {
    let isKnown = channels.contains { $0.name == channel.name && $0.team == channel.team }
    if !isKnown { channels.append(channel) }
  }

  private mutating func addWebhooks(of rule: String, _ condition: Condition, _ scope: Scope) {
    if scope.authors?.contains(.webhook) == true {
      let channel = scope.channels.first.map { SandboxNames.Channel($0, team: scope.teams[0]) }
      let owners: [String?] = scope.users.isEmpty ? [nil] : scope.users
      webhooks += owners.map { SandboxNames.Webhook(rule, owner: $0, channel: channel) }
        .filter { !webhooks.contains($0) }
    } else {
      for part in condition.any { addWebhooks(of: rule, part, scope.narrowed(by: part)) }
    }
  }
}
