import Core
import Logging
import Processes
import RuleEngine

/// The MCP servers of an agent. Their secrets reach it over its standard input, never on a command line.
///
/// Specification: https://agentclientprotocol.com/protocol/session-setup#mcp-servers
struct MCPServers {
  let servers: [MCPServer]
  /// The folder in which relative paths of servers' programs begin.
  let folder: String
  let environment: [String: String]

  /// Returns the servers in the protocol's form. Those that the agent cannot connect to are left out and logged.
  func json(for agent: String, _ capabilities: AgentCapabilities, _ logger: Logger) -> JSON {
    var json: [JSON] = []
    var unreachable: [String] = []
    for server in servers {
      switch server.connection {
      case .program(let words, let variables):
        let command = Command(words[0], in: folder, environment: environment)
        json.append([
          "name": .string(server.name), "command": .string(command.programPath),
          "args": .array(words.dropFirst().map { .string($0) }), "env": Self.pairs(variables),
        ])
      case .address(let url, let transport, let headers):
        guard capabilities.mcpTransports.contains(transport) else {
          unreachable.append(server.name)
          continue
        }
        json.append([
          "type": .string(transport.rawValue), "name": .string(server.name), "url": .string(url),
          "headers": Self.pairs(headers),
        ])
      }
    }
    if !unreachable.isEmpty {
      logger.warning(
        "MCP servers left out: the agent does not support their transport",
        metadata: ["agent": "\(agent)", "servers": "\(unreachable.joined(separator: ", "))"])
    }
    return .array(json)
  }

  private static func pairs(_ values: [NamedValue]) -> JSON {
    .array(values.map { ["name": .string($0.name), "value": .string($0.value.exposed)] })
  }
}
