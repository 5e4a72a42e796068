extension RuleSet {
  /// Seconds after which a question of an agent is answered with no.
  package func approvalSeconds(of agent: String) -> Int {
    for definition in agents where definition.name == agent {
      if case .acp(let settings) = definition.kind { return settings.approvalSeconds }
    }
    return ACPSettings.defaultApprovalSeconds
  }
}

extension RuleSet {
  /// Returns whether the file lists anybody by name among an agent's `approvers`: `*` lists nobody.
  package func listsApprovers(of agent: String) -> Bool {
    agents.contains { $0.name == agent && !$0.approvers.names.isEmpty }
  }
}

/// A program that speaks the Agent Client Protocol.
package struct ACPSettings: Sendable, Equatable {
  /// The program with its arguments, at least one word.
  package var command: [String]
  /// Variables that it sees beside the plain ones of the gateway.
  package var environment: [NamedValue]
  /// Who may answer its questions beside whoever asked it.
  package var approvers: NameSet
  /// Seconds after which a question that nobody answered is answered with no.
  package var approvalSeconds: Int

  /// Where it works; `nil` for the conversation's own folder.
  package var folder: ProjectFolder?
  /// The servers of the Model Context Protocol that it is told of.
  package var mcpServers: [MCPServer]

  /// The `approve_within` of a file that names none, in seconds.
  package static let defaultApprovalSeconds = 5 * 60

  /// States what is run.
  package init(
    command: [String], environment: [NamedValue] = [], approvers: NameSet = .none,
    approvalSeconds: Int = defaultApprovalSeconds, folder: ProjectFolder? = nil, mcpServers: [MCPServer] = []
  ) {
    self.command = command
    self.environment = environment
    self.approvers = approvers
    self.approvalSeconds = approvalSeconds
    self.folder = folder
    self.mcpServers = mcpServers
  }
}
