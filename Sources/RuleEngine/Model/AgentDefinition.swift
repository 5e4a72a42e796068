/// An agent as the rules file declares it.
package struct AgentDefinition: Sendable, Equatable {
  /// The name by which rules call it.
  package var name: String
  /// What kind it is, with what that kind needs.
  package var kind: AgentKind
  /// What bounds its work; nothing does an `echo`'s, which has none.
  package var limits: AgentLimits
  /// Where it stands.
  package var location: FileLocation

  /// Declares an agent.
  package init(name: String, kind: AgentKind, limits: AgentLimits = AgentLimits(), location: FileLocation) {
    self.name = name
    self.kind = kind
    self.limits = limits
    self.location = location
  }
}

extension AgentDefinition {
  /// Who may answer its questions beside whoever asked it.
  var approvers: NameSet { if case .acp(let settings) = kind { settings.approvers } else { .none } }
}

/// The kinds of agent, with what each needs.
package enum AgentKind: Sendable, Equatable {
  /// Says back what it hears.
  case echo
  /// Any OpenAI-compatible chat endpoint.
  case openai(ChatSettings)
  /// Anthropic's Messages API.
  case anthropic(ChatSettings)
  /// A program for each message.
  case exec(ExecSettings)
  /// A program that speaks the Agent Client Protocol.
  case acp(ACPSettings)
}
