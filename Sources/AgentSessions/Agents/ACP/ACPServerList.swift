import Core
import Processes
import RuleEngine

/// The servers of the Model Context Protocol that an agent is told of. Their secrets go to it over its standard input, and
/// are on no command line.
///
/// Specification: https://agentclientprotocol.com/protocol/session-setup#mcp-servers
struct ACPServerList {
  let servers: [MCPServer]
  /// Where the programs of servers are looked for.
  let folder: String
  let environment: [String: String]

  /// Returns the servers as the agent takes them, and the names of those that it cannot reach.
  func told(to abilities: AgentCapabilities) -> (json: JSON, unreachable: [String]) {
    var told: [JSON] = []
    var unreachable: [String] = []
    for server in servers {
      switch server.connection {
      case .program(let words, let variables):
        let command = Command(words[0], in: folder, environment: environment)
        told.append([
          "name": .string(server.name), "command": .string(command.programPath),
          "args": .array(words.dropFirst().map { .string($0) }), "env": Self.pairs(variables),
        ])
      case .address(let url, let transport, let headers):
        guard abilities.mcpTransports.contains(transport) else {
          unreachable.append(server.name)
          continue
        }
        told.append([
          "type": .string(transport.rawValue), "name": .string(server.name), "url": .string(url),
          "headers": Self.pairs(headers),
        ])
      }
    }
    return (.array(told), unreachable)
  }

  private static func pairs(_ values: [NamedValue]) -> JSON {
    .array(values.map { ["name": .string($0.name), "value": .string($0.value.exposed)] })
  }
}
