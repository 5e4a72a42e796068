/// A server of the Model Context Protocol that an agent is to use.
package struct MCPServer: Sendable, Equatable {
  /// How the agent reaches it.
  package enum Connection: Sendable, Equatable {
    /// A program that the agent starts: at least one word, and variables that it sees.
    case program([String], environment: [NamedValue])
    /// An address, and headers that go with each request.
    case address(String, MCPTransport, headers: [NamedValue])
  }

  /// What the agent calls it.
  package var name: String
  /// How the agent reaches it.
  package var connection: Connection

  /// States a server.
  package init(name: String, connection: Connection) {
    self.name = name
    self.connection = connection
  }
}

/// How an MCP server at an address is spoken with.
package enum MCPTransport: String, Sendable, CaseIterable {
  /// Streamable HTTP.
  case http
  /// Server-sent events, as older servers have them.
  case sse
}
