import Core
import RuleAnalysis
import RuleEngine

extension Values {
  static let rules: ValueReader<[Rule]> = list(rule)

  private static let rule: ValueReader<Rule> = ValueReader(type: .section("rule")) { node, key, reader in
    let (errors, broken) = (reader.diagnostics.errors, reader.brokenValues)
    guard let fields = reader.fields(node, as: Schema.RuleMap.section, "a rule") else { return nil }
    let name = reader.value(Schema.RuleMap.name, in: fields)
    let when = reader.value(Schema.RuleMap.when, in: fields)
    let action = reader.ruleAction(fields)
    let prompt = reader.value(Schema.RuleMap.prompt, in: fields)
    let rule = Rule(
      name: name ?? "", location: reader.source.location(of: fields.head), when: when ?? Condition(),
      action: action ?? .ignore,
      session: reader.value(Schema.RuleMap.session, in: fields) ?? SessionPolicy(),
      reply: reader.value(Schema.RuleMap.reply, in: fields) ?? ReplyPolicy(),
      busy: reader.value(Schema.RuleMap.busy, in: fields) ?? BusyPolicy(),
      limit: reader.value(Schema.RuleMap.limit, in: fields) ?? LimitPolicy(),
      mode: reader.value(Schema.RuleMap.mode, in: fields) ?? .live, prompt: prompt)
    // A rule can be judged as a whole only if all of it was read.
    guard reader.diagnostics.errors == errors, reader.brokenValues == broken else { return nil }
    reader.checkSession(of: rule, fields)
    let positions = RulePositions(fields)
    reader.warn(about: rule, at: positions)
    reader.rulePositions.append(positions)
    return rule
  }

  /// A name that no other rule has.
  static let ruleName: ValueReader<String> = ValueReader(type: .text) { node, key, reader in
    guard let name = reader.read(text, node, key) else { return nil }
    if name == "none" { reader.diagnostics.add(.reservedRuleName(at: node.span)) }
    if let first = reader.ruleSpans[name] {
      reader.diagnostics.add(.duplicateRule(name, at: node.span, first: first))
    } else {
      reader.ruleSpans[name] = node.span
    }
    return name
  }
}

extension RulesReader {
  fileprivate mutating func ruleAction(_ fields: Fields) -> RuleAction? {
    let agent = value(Schema.RuleMap.agent, in: fields)
    let say = value(Schema.RuleMap.say, in: fields)
    let ignore = value(Schema.RuleMap.ignore, in: fields)
    let deny = value(Schema.RuleMap.deny, in: fields)
    if let agent { return .agent(agent) }
    if let say { return .say(say) }
    if let deny { return .deny(deny) }
    return ignore == true ? .ignore : nil
  }

  /// A session that follows the user would show private messages in a channel.
  fileprivate mutating func checkSession(of rule: Rule, _ fields: Fields) {
    guard rule.session.scope == .user, case .agent = rule.action, let session = fields[Schema.RuleMap.session] else {
      return
    }
    guard matchesInChannels(rule) else { return }
    var span = session.value.span
    if case .mapping(let entries) = session.value.value, let scope = entries.first(where: { $0.key == "scope" }) {
      span = scope.value.span
    }
    diagnostics.add(.userSessionInChannel(at: span))
  }

  private func matchesInChannels(_ rule: Rule) -> Bool {
    if rule.when.kinds == [.direct] || rule.when.triggers == [.dm] { return false }
    var inChannels = rule
    inChannels.when.not.append(Condition(kinds: [.direct]))
    let analysis = RuleAnalysis(RuleSet(access: access, commands: commands, rules: [inChannels]))
    if case .impossible = analysis.reachability()[0] { return false }
    return true
  }
}
