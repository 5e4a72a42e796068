import Core
import RuleEngine

extension Values {
  static let agents: ValueReader<[AgentDefinition]> = ValueReader(
    type: .named(
      .either([
        .section("echo agent"), .section("openai agent"), .section("anthropic agent"), .section("exec agent"),
        .section("acp agent"),
      ]),
      .plain)
  ) { node, key, reader in
    if case .mapping = node.value {} else { reader.unreadNames.insert(.agent) }
    let entries = reader.entries(node, key, as: .named(.section("agent"), .plain))
    var agents: [AgentDefinition] = []
    for entry in entries {
      guard let name = reader.declaredName(entry) else { continue }
      reader.agentSpans[name] = entry.keySpan
      if let (kind, limits) = reader.read(declaredAgent, entry.value, name) {
        let place = reader.source.location(of: entry.keySpan)
        agents.append(AgentDefinition(name: name, kind: kind, limits: limits, location: place))
      }
    }
    return agents
  }

  /// An agent's kind decides which other keys it takes.
  private static let declaredAgent: ValueReader<(AgentKind, AgentLimits)> = ValueReader(type: .section("agent")) {
    node, key, reader in
    guard case .mapping(let entries) = node.value else {
      reader.findings.add(.wrongType(key, expected: .section("agent"), found: node))
      return nil
    }
    guard let type = entries.first(where: { $0.key == "type" }) else {
      reader.findings.add(.missingKey("type", expected: agentType.type, in: "an agent", at: node.headSpan))
      return nil
    }
    switch reader.read(agentType, type.value, "type") {
    case .echo?: return reader.fields(node, as: Schema.EchoAgent.section, key).map { _ in (.echo, AgentLimits()) }
    case .openai?:
      let keys = Schema.OpenAIAgent.keys
      return reader.agent(node, key, as: Schema.OpenAIAgent.section, within: keys.limits) {
        $0.chat($1, keys).map { .openai($0) }
      }
    case .anthropic?:
      let keys = Schema.AnthropicAgent.keys
      return reader.agent(node, key, as: Schema.AnthropicAgent.section, within: keys.limits) {
        $0.chat($1, keys).map { .anthropic($0) }
      }
    case .exec?:
      return reader.agent(node, key, as: Schema.ExecAgent.section, within: Schema.ExecAgent.limits) {
        $0.exec($1).map { .exec($0) }
      }
    case .acp?:
      return reader.agent(node, key, as: Schema.ACPAgent.section, within: Schema.ACPAgent.limits) {
        $0.acp($1).map { .acp($0) }
      }
    case nil: return nil
    }
  }

  private enum AgentType: String, CaseIterable, Sendable { case echo, openai, anthropic, exec, acp }

  private static let agentType = choice(AgentType.self)

  /// The name of an agent that answers.
  static let agentName: ValueReader<String> = ValueReader(type: .name(.agent)) { node, key, reader in
    guard let name = reader.read(text(as: .name(.agent)), node, key) else { return nil }
    guard reader.agentSpans[name] != nil else {
      if reader.unreadNames.contains(.agent) { return nil }
      let known = reader.agentSpans.keys.sorted()
      let nearest = known.first { $0 == name.withPlainMarks } ?? reader.nearest(to: name, among: known)
      reader.findings.add(.undefinedAgent(name, nearest: nearest, known: known, at: node.span))
      return nil
    }
    reader.usedAgents.insert(name)
    return name
  }

  /// An address of a server, with the version of its API if it wants that in its query, as Azure does.
  static let address: ValueReader<String> = ValueReader(type: .address) { node, key, reader in
    guard let text = reader.read(text(as: .address), node, key) else { return nil }
    do throws(WebAddress.Problem) {
      return try WebAddress(text, parameters: ["api-version"]).text
    } catch {
      // Before an `@` stands a name, and mostly a password.
      if text.contains("@") { reader.source.masked.append(node.span) }
      reader.findings.add(.badAddress(key, error, at: node.span))
      return nil
    }
  }

  /// A secret: the value of one variable, never a text of the file. Nil inside where the variable is empty.
  static let secret: ValueReader<Secret?> = ValueReader(type: .secret) { node, key, reader in
    guard case .scalar(let text, _) = node.value, let variable = Variable(reference: text) else {
      reader.source.masked.append(node.span)
      if case .scalar(let text, _) = node.value {
        reader.findings.add(.secretInFile(key, variable: text.variableAsWrittenElsewhere, at: node.span))
      } else {
        reader.findings.add(.wrongType(key, expected: .secret, found: node))
      }
      return nil
    }
    guard let value = reader.interpolated(text, node, isSecret: true) else { return nil }
    guard value.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
      reader.findings.add(.malformedSecret(variable.name, at: node.span))
      return nil
    }
    return .some(value.isEmpty ? nil : Secret(value))
  }
}

extension ConfigNode {
  /// The text of a value that is a variable and nothing else.
  var reference: String? {
    guard case .scalar(let text, _) = value, Variable(reference: text) != nil else { return nil }
    return text
  }
}

extension String {
  /// The variable's name in `$NAME`, `$(NAME)` and `{{NAME}}`; only one that speaks of a key, since what stands here may be
  /// a secret, and no secret is repeated.
  fileprivate var variableAsWrittenElsewhere: String? {
    let name = drop { "${( ".contains($0) }.prefix { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) }
    let isMarked = hasPrefix("$") || hasPrefix("{")
    let rest = self[name.endIndex...]
    guard isMarked, rest.allSatisfy({ "}) ".contains($0) }), Variable.isName(name),
      ["_KEY", "_TOKEN", "_SECRET"].contains(where: name.hasSuffix)
    else { return nil }
    return String(name)
  }
}

extension Variable {
  /// A scalar that is a variable and nothing else, without a text that stands in for it.
  fileprivate init?(reference text: String) {
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
    self.init(text.dropFirst(2).dropLast())
    guard fallback ?? "" == "" else { return nil }
  }
}
