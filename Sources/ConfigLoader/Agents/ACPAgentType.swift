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
          ? .note("approvers", "nobody else") : YAMLEntry("approvers", settings.approvers.written),
        YAMLEntry("approve_within", .word(writtenDuration(settings.approvalSeconds))),
      ]
    })
}

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

  enum MCPServerMap {
    static let name = Key("name", Values.text, isRequired: true, "What the agent calls it.")
    static let command = Key(
      "command", Values.command, "A program that the agent starts, and its arguments, each as a word of its own.")
    static let env = Key(
      "env", Values.variables, otherwise: "none", needs: "command", "Variables that the program sees.")
    static let url = Key("url", Values.serverAddress, "The address of a server that runs already.")
    static let transport = Key(
      "transport", Values.choice(MCPTransport.self), fallback: "http", needs: "url",
      "How that is spoken with: `http` is streamable HTTP, `sse` what older servers have.")
    static let headers = Key(
      "headers", Values.headers, otherwise: "none", needs: "url",
      "Headers that go with each request. One that is a key must come from a variable.")
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
        reader.findings.add(.duplicateServer(server.value.name, at: server.span, first: first))
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
