/// A server of the Model Context Protocol that an agent is to use.
public struct MCPServer: Sendable, Equatable {
  /// How the agent reaches it.
  public enum Connection: Sendable, Equatable {
    /// A program that the agent starts: at least one word, and variables that it sees.
    case program([String], environment: [NamedValue])
    /// An address, and headers that go with each request.
    case address(String, MCPTransport, headers: [NamedValue])
  }

  /// What the agent calls it.
  public var name: String
  /// How the agent reaches it.
  public var connection: Connection

  /// States a server.
  public init(name: String, connection: Connection) {
    self.name = name
    self.connection = connection
  }
}

/// How an MCP server at an address is spoken with.
public enum MCPTransport: String, Sendable, CaseIterable {
  /// Streamable HTTP.
  case http
  /// Server-sent events, as older servers have them.
  case sse
}
