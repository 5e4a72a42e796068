import Core
import RuleEngine

extension AgentType {
  static let acp = AgentType(
    name: "acp", sections: [Schema.ACPAgent.section, Schema.MCPServerMap.section], limits: Schema.ACPAgent.limits,
    kind: { fields, reader in
      let command = reader.value(Schema.ACPAgent.command, in: fields)
      let environment = reader.value(Schema.ACPAgent.env, in: fields) ?? []
      let approvers = reader.value(Schema.ACPAgent.approvers, in: fields) ?? .none
      let seconds = reader.value(Schema.ACPAgent.approveWithin, in: fields) ?? ACPSettings.defaultApprovalSeconds
      let folder = reader.projectFolder(in: fields)
      let servers = reader.value(Schema.ACPAgent.mcpServers, in: fields) ?? []
      return command.map {
        .acp(
          ACPSettings(
            command: $0, environment: environment, approvers: approvers, approvalSeconds: seconds, folder: folder,
            mcpServers: servers))
      }
    },
    written: { kind in
      guard case .acp(let settings) = kind else { return nil }
      let servers = settings.mcpServers
      return [
        YAMLEntry("command", .list(settings.command.map { .text($0) })), .references("env", settings.environment),
      ] + Schema.ProjectKeys.written(settings.folder) + [
        servers.isEmpty
          ? .note("mcp_servers", "none") : YAMLEntry("mcp_servers", .list(servers.map { .map($0.written) })),
        settings.approvers == .none
          ? .note("approvers", "no one else") : YAMLEntry("approvers", settings.approvers.written),
        YAMLEntry("approve_within", .word(writtenDuration(settings.approvalSeconds))),
      ]
    })
}

extension Schema {
  enum ACPAgent {
    static let type = Key(
      "type", Values.word("acp"), isRequired: true,
      "A program that speaks the Agent Client Protocol and keeps running for its conversation.")
    static let command = Key(
      "command", Values.command, isRequired: true,
      "The program and its arguments as a list; it is run without a shell.")
    static let env = Key(
      "env", Values.variables, otherwise: "none",
      "Variables for the program, in addition to `PATH`, `HOME` and the language.")
    static let approvers = Key(
      "approvers", Values.names(.user), otherwise: "no one else",
      """
      The users who may answer the agent's permission requests, in addition to the author of the message. With `*`, \
      everyone may allow a single action; only listed users may give a permission that lasts longer.
      """
    )
    static let approveWithin = Key(
      "approve_within", Values.duration, fallback: "5m", "How long a permission request stays open; no answer means no."
    )
    static let mcpServers = Key(
      "mcp_servers", Values.mcpServers, otherwise: "none",
      "MCP servers for the agent, in addition to those that it is configured with.")
    static let limits = LimitKeys(.worker)
    static let section = SchemaSection(
      name: "acp agent", phrase: "an `acp` agent",
      keys: [type.row, command.row, env.row] + ProjectKeys.rows
        + [mcpServers.row, approvers.row, approveWithin.row] + limits.rows)
  }

  enum MCPServerMap {
    static let name = Key("name", Values.text, isRequired: true, "The server's name, which the agent uses.")
    static let command = Key(
      "command", Values.command, "A program that the agent starts, and its arguments, as a list.")
    static let env = Key(
      "env", Values.variables, otherwise: "none", needs: "command", "Variables for the program.")
    static let url = Key("url", Values.serverAddress, "The address of a running server.")
    static let transport = Key(
      "transport", Values.choice(MCPTransport.self), fallback: "http", needs: "url",
      "The transport for `url`: `http` is streamable HTTP, `sse` is for older servers.")
    static let headers = Key(
      "headers", Values.headers, otherwise: "none", needs: "url",
      "Headers for each request; take keys from variables.")
    static let section = SchemaSection(
      name: "mcp server", phrase: "an MCP server",
      keys: [name.row, command.row, env.row, url.row, transport.row, headers.row], exactlyOne: ["command", "url"])
  }
}

extension Values {
  /// The MCP servers of an agent.
  static let mcpServers: ValueReader<[MCPServer]> = ValueReader(type: .list(.section("mcp server"))) {
    node, key, reader in
    guard let servers = reader.read(list(mcpServer), node, key) else { return nil }
    var spans: [String: SourceSpan] = [:]
    for server in servers {
      if let first = spans.updateValue(server.span, forKey: server.value.name) {
        reader.diagnostics.add(.duplicateServer(server.value.name, at: server.span, first: first))
      }
    }
    return servers.map(\.value)
  }

  /// A server's address as it is written: to some servers, a slash at its end makes a difference.
  static let serverAddress: ValueReader<String> = ValueReader(type: .address) { node, key, reader in
    reader.read(address, node, key).flatMap { _ in reader.scalar(node, key, as: .address) }
  }

  private static let mcpServer: ValueReader<(value: MCPServer, span: SourceSpan)> = ValueReader(
    type: .section("mcp server")
  ) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.MCPServerMap.section, key) else { return nil }
    let name = reader.value(Schema.MCPServerMap.name, in: fields)
    let command = reader.value(Schema.MCPServerMap.command, in: fields)
    let variables = reader.value(Schema.MCPServerMap.env, in: fields) ?? []
    let url = reader.value(Schema.MCPServerMap.url, in: fields)
    let transport = reader.value(Schema.MCPServerMap.transport, in: fields) ?? .http
    let headers = reader.value(Schema.MCPServerMap.headers, in: fields) ?? []
    let connection =
      command.map { MCPServer.Connection.program($0, environment: variables) }
      ?? url.map { .address($0, transport, headers: headers) }
    guard let name, let connection, let entry = fields[Schema.MCPServerMap.name] else { return nil }
    return (MCPServer(name: name, connection: connection), entry.value.span)
  }
}

extension MCPServer {
  fileprivate var written: [YAMLEntry] {
    let name = YAMLEntry("name", .text(name))
    switch connection {
    case .program(let words, let environment):
      let variables: [YAMLEntry] = environment.isEmpty ? [] : [.references("env", environment)]
      return [name, YAMLEntry("command", .list(words.map { .text($0) }))] + variables
    case .address(let url, let transport, let headers):
      let references: [YAMLEntry] = headers.isEmpty ? [] : [.references("headers", headers)]
      return [name, YAMLEntry("url", .text(url)), YAMLEntry("transport", .word(transport.rawValue))] + references
    }
  }
}
