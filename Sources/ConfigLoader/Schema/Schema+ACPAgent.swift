import Core
import RuleEngine

extension Schema {
  enum ACPAgent {
    static let type = Key(
      "type", Values.word("acp"), isRequired: true,
      "A program that speaks the Agent Client Protocol, kept running for its conversation.")
    static let command = Key(
      "command", Values.command, isRequired: true,
      "The program and its arguments, each as a word of its own; no shell reads them.")
    static let env = Key(
      "env", Values.variables, otherwise: "none", "Variables that it sees beside `PATH`, `HOME` and the language.")
    static let approvers = Key(
      "approvers", Values.names(.user), otherwise: "nobody else",
      "Who may answer its questions beside the person it answers; `*` is everyone, for this one time. Only those listed may choose what holds for longer."
    )
    static let approveWithin = Key(
      "approve_within", Values.duration, fallback: "5m", "How long its questions stand; silence is a no.")
    static let mcpServers = Key(
      "mcp_servers", Values.mcpServers, otherwise: "none",
      "Servers of the Model Context Protocol that it is told of, beside those that it knows itself.")
    static let limits = LimitKeys(.worker)
    static let section = SchemaSection(
      name: "acp agent", phrase: "an `acp` agent",
      keys: [type.row, command.row, env.row] + ProjectKeys.rows
        + [mcpServers.row, approvers.row, approveWithin.row] + limits.rows)
  }
}
