import Core
import Logging
import Processes
import RuleEngine
import Transport

/// The capabilities that an agent announces.
struct AgentCapabilities {
  var takesImages: Bool
  var loadsSessions: Bool
  /// The transports for MCP servers that it does not start itself.
  var mcpTransports: Set<MCPTransport>
  var authMethods: [AuthMethod]
}

/// A session of the agent's.
struct ACPSession {
  let id: String
  /// True if the agent does not know the conversation so far.
  var isNew: Bool
  /// The tokens that the agent had counted in it when it last reported.
  var counted = TokenUsage()
}

/// The agent requires a login, and none of its methods works without a person.
struct AuthenticationRequired: Error {
  let methods: [AuthMethod]
  /// The error of the last method that was tried.
  let error: RPCError?

  /// The methods, for people; empty if there are none.
  var hint: String { methods.prefix(AuthMethod.shownMax).map(\.hint).joined(separator: ", ") }
}

/// Begins a connection with an agent and opens sessions on it.
///
/// Specification: https://agentclientprotocol.com/protocol/initialization,
/// https://agentclientprotocol.com/protocol/session-setup
struct ACPHandshake {
  let agent: String
  let peer: RPCPeer
  let settings: ACPSettings
  let logger: Logger

  private static let protocolVersion = 1

  /// Exchanges capabilities.
  ///
  /// - Throws: `RPCConnectionError.notUnderstood` if the agent has another version of the protocol; the errors of
  ///   `RPCPeer.call(_:_:)`.
  func initialize() async throws -> AgentCapabilities {
    let result = try await peer.call(
      "initialize",
      [
        "protocolVersion": .int(Self.protocolVersion),
        "clientCapabilities": ["fs": ["readTextFile": true, "writeTextFile": true], "terminal": false],
        "clientInfo": ["name": "edgecrab", "title": "edgecrab", "version": .string(UserAgent.version)],
      ])
    guard result["protocolVersion"]?.int == Self.protocolVersion else {
      let version = result["protocolVersion"]?.text.singleLine(atMost: Limits.detailScalarsMax)
      throw RPCConnectionError.notUnderstood("it speaks version \(version ?? "unknown") of the protocol")
    }
    let capabilities = result["agentCapabilities"] ?? .null
    let variables = Set(settings.environment.map(\.name))
    return AgentCapabilities(
      takesImages: capabilities["promptCapabilities"]?["image"] == true,
      loadsSessions: capabilities["loadSession"] == true,
      mcpTransports: Set(MCPTransport.allCases.filter { capabilities["mcpCapabilities"]?[$0.rawValue] == true }),
      authMethods: (result["authMethods"]?.elements ?? []).compactMap { AuthMethod($0, variables: variables) })
  }

  /// Resumes a saved session if the agent still has it, or creates one. If the agent requires a login, the methods that
  /// need no person are tried.
  ///
  /// - Parameters:
  ///   - servers: the MCP servers as the agent takes them.
  ///   - receiver: is given the controls that the session announces.
  func openSession(
    resuming saved: SavedACPSession?, in folder: String, servers: JSON, _ capabilities: AgentCapabilities,
    _ receiver: SessionUpdateReceiver
  ) async throws -> ACPSession {
    let params: JSON = ["cwd": .string(folder), "mcpServers": servers]
    do {
      return try await openSession(resuming: saved, params, receiver)
    } catch let error as RPCError where error.code == RPCError.loginNeeded {
      var lastError = error
      for method in capabilities.authMethods where method.isUnattended {
        do {
          _ = try await peer.call("authenticate", ["methodId": .string(method.id)])
        } catch let error as RPCError {
          lastError = error
          continue
        }
        logger.info(
          "agent logged in",
          metadata: ["agent": "\(agent)", "method": "\(method.id.singleLine(atMost: Limits.detailScalarsMax))"])
        do {
          return try await openSession(resuming: saved, params, receiver)
        } catch let error as RPCError where error.code == RPCError.loginNeeded {
          lastError = error
        }
      }
      throw AuthenticationRequired(methods: capabilities.authMethods, error: lastError)
    }
  }

  private func openSession(
    resuming saved: SavedACPSession?, _ params: JSON, _ receiver: SessionUpdateReceiver
  ) async throws -> ACPSession {
    if let saved {
      do {
        let result = try await peer.call("session/load", params.appending(["sessionId": .string(saved.session)]))
        receiver.updateControls(of: saved.session) { $0.read(session: result) }
        return ACPSession(id: saved.session, isNew: false, counted: saved.counted)
      } catch let error as RPCError where error.code != RPCError.loginNeeded {
        logger.notice(
          "session not loaded",
          metadata: [
            "agent": "\(agent)",
            "reason": "\(error.detail.redacting(settings.secrets).singleLine(atMost: Limits.detailScalarsMax))",
          ])
      }
    }
    let result = try await peer.call("session/new", params)
    guard let id = result["sessionId"]?.string, id.utf8.count <= Limits.acpSessionBytesMax else {
      throw RPCConnectionError.notUnderstood("`session/new` returned no session")
    }
    receiver.updateControls(of: id) { $0.read(session: result) }
    return ACPSession(id: id, isNew: true)
  }
}

/// A login method that an agent offers.
///
/// Specification: https://agentclientprotocol.com/protocol/initialization,
/// https://agentclientprotocol.com/rfds/auth-methods
struct AuthMethod: Equatable {
  let id: String
  /// The method's name for people.
  let name: String
  /// True if it works without a person.
  let isUnattended: Bool
  /// The variables that it requires and that the rules file does not give the agent.
  let missing: [String]

  /// Reads a method; `nil` if it has no id.
  ///
  /// - Parameter variables: the names of the variables that the rules file gives the agent.
  init?(_ json: JSON, variables: Set<String>) {
    guard let id = json["id"]?.string else { return nil }
    self.id = id
    name = json["name"]?.string ?? id
    let required = (json["vars"]?.elements ?? []).filter { $0["optional"] != true }.compactMap { $0["name"]?.string }
    missing = required.filter { !variables.contains($0) }
    switch json["type"]?.string {
    case "env_var": isUnattended = missing.isEmpty
    case "terminal": isUnattended = false
    // The agent logs in by itself: with a key, or in a browser that no one sees. Only the names show which.
    default: isUnattended = Self.isByKey("\(id) \(name)")
    }
  }

  /// The method for people: its name and the variables that are missing.
  var hint: String {
    let variables = missing.prefix(Self.shownMax).map { $0.codeSpan(atMost: Limits.pathScalarsShown) }
    return name.codeSpan(atMost: Limits.pathScalarsShown)
      + (variables.isEmpty ? "" : " (\(variables.joined(separator: ", ")) in its `env`)")
  }

  private static func isByKey(_ text: String) -> Bool {
    let letters = String(text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    return ["api-key", "apikey", "credential"].contains { letters.contains($0) }
      && !["browser", "oauth", "sign-in"].contains { letters.contains($0) }
  }

  /// The number of methods, and of variables of one, that people are shown.
  static let shownMax = 3
}

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
