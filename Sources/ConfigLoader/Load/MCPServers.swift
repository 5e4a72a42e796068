import RuleEngine

extension Values {
  /// The servers of the Model Context Protocol that an agent is told of.
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

  /// An address of a server, kept as it is written: to some, a slash at its end makes a difference.
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
