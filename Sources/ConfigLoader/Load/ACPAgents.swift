import RuleEngine

extension RulesReader {
  /// Reads what an agent of the Agent Client Protocol needs.
  mutating func acp(_ fields: Fields) -> ACPSettings? {
    let command = value(Schema.ACPAgent.command, in: fields)
    let environment = value(Schema.ACPAgent.env, in: fields) ?? []
    let approvers = value(Schema.ACPAgent.approvers, in: fields) ?? .none
    let seconds = value(Schema.ACPAgent.approveWithin, in: fields) ?? ACPSettings.defaultApprovalSeconds
    let folder = projectFolder(Schema.ProjectKeys.folder, Schema.ProjectKeys.worktree, in: fields)
    let servers = value(Schema.ACPAgent.mcpServers, in: fields) ?? []
    return command.map {
      ACPSettings(
        command: $0, environment: environment, approvers: approvers, approvalSeconds: seconds,
        folder: folder, mcpServers: servers)
    }
  }
}
