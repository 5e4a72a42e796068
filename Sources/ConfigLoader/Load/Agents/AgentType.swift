import Core
import RuleEngine

/// A type of agent as a rules file declares it: its keys, how they are read, and how they are written.
///
/// The types of endpoints are those of `ChatAPI`. Another new type needs a file like `ExecAgentType` and an element of
/// `allCases`; the schema, the reference, the loader and `rules show` use its keys.
struct AgentType: RawRepresentable, CaseIterable, Sendable {
  /// The value of the key `type`.
  let rawValue: String
  /// The agent's own section, and those that only it has.
  let sections: [SchemaSection]
  /// Reads an agent of this type.
  let read: @Sendable (_ node: ConfigNode, _ key: String, _ reader: inout RulesReader) -> (AgentKind, AgentLimits)?
  /// Returns the agent's keys but `type`, or `nil` if it is of another type.
  let written: @Sendable (AgentDefinition) -> [YAMLEntry]?

  /// All types, in the order of the reference.
  static let allCases = [echo] + chatTypes + [exec, acp]

  static let echo = AgentType(
    name: "echo", sections: [Schema.EchoAgent.section],
    read: { node, key, reader in
      reader.fields(node, as: Schema.EchoAgent.section, key).map { _ in (.echo, AgentLimits()) }
    },
    written: { agent in agent.kind == .echo ? [] : nil })

  var section: SchemaSection { sections[0] }

  init?(rawValue: String) {
    guard let type = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = type
  }

  init(
    name: String, sections: [SchemaSection],
    read: @escaping @Sendable (ConfigNode, String, inout RulesReader) -> (AgentKind, AgentLimits)?,
    written: @escaping @Sendable (AgentDefinition) -> [YAMLEntry]?
  ) {
    (rawValue, self.sections, self.read, self.written) = (name, sections, read, written)
  }

  /// Creates a type whose agents have limits.
  ///
  /// - Parameters:
  ///   - kind: reads the other keys.
  ///   - written: returns the other keys, or `nil` if the kind is another one.
  init(
    name: String, sections: [SchemaSection], limits: Schema.LimitKeys,
    kind: @escaping @Sendable (Fields, inout RulesReader) -> AgentKind?,
    written: @escaping @Sendable (AgentKind) -> [YAMLEntry]?
  ) {
    self.init(
      name: name, sections: sections,
      read: { node, key, reader in
        guard let fields = reader.fields(node, as: sections[0], key) else { return nil }
        let limits = limits.read(fields, &reader)
        return kind(fields, &reader).map { ($0, limits) }
      },
      written: { agent in written(agent.kind).map { $0 + agent.limits.written } })
  }
}

extension Schema {
  enum EchoAgent {
    static let type = Key("type", Values.word("echo"), isRequired: true, "Repeats the message.")
    static let section = SchemaSection(name: "echo agent", phrase: "an `echo` agent", keys: [type.row])
  }
}

extension AgentDefinition {
  /// The agent's keys with their values.
  var written: [YAMLEntry] {
    for type in AgentType.allCases {
      if let entries = type.written(self) { return [YAMLEntry("type", .word(type.rawValue))] + entries }
    }
    preconditionFailure("`AgentType.allCases` lacks the type of \(kind)")
  }
}

extension Values {
  static let agents: ValueReader<[AgentDefinition]> = ValueReader(
    type: .named(.either(AgentType.allCases.map { .section($0.section.name) }), .plain)
  ) { node, key, reader in
    if case .mapping = node.value {} else { reader.unreadNames.insert(.agent) }
    let entries = reader.entries(node, key, as: .named(.section("agent"), .plain))
    var agents: [AgentDefinition] = []
    for entry in entries {
      guard let name = reader.declaredName(entry) else { continue }
      reader.agentSpans[name] = entry.keySpan
      if let (kind, limits) = reader.read(declaredAgent, entry.value, name) {
        let location = reader.source.location(of: entry.keySpan)
        agents.append(AgentDefinition(name: name, kind: kind, limits: limits, location: location))
      }
    }
    return agents
  }

  /// An agent's type decides which other keys it has.
  private static let declaredAgent: ValueReader<(AgentKind, AgentLimits)> = ValueReader(type: .section("agent")) {
    node, key, reader in
    guard case .mapping(let entries) = node.value else {
      reader.diagnostics.add(.wrongType(key, expected: .section("agent"), found: node))
      return nil
    }
    guard let type = entries.first(where: { $0.key == "type" }) else {
      reader.diagnostics.add(.missingKey("type", expected: agentType.type, in: "an agent", at: node.headSpan))
      return nil
    }
    return reader.read(agentType, type.value, "type")?.read(node, key, &reader)
  }

  private static let agentType = choice(AgentType.self)

  private static let nameOfAgent = text(as: .name(.agent))

  /// The name of a declared agent.
  static let agentName: ValueReader<String> = ValueReader(type: .name(.agent)) { node, key, reader in
    guard let name = reader.read(nameOfAgent, node, key) else { return nil }
    guard reader.agentSpans[name] != nil else {
      if reader.unreadNames.contains(.agent) { return nil }
      let known = reader.agentSpans.keys.sorted()
      let nearest = known.first { $0 == name.withPlainMarks } ?? reader.nearest(to: name, among: known)
      reader.diagnostics.add(.undefinedAgent(name, nearest: nearest, known: known, at: node.span))
      return nil
    }
    reader.usedAgents.insert(name)
    return name
  }
}
