import Core
import Logging
import RuleEngine
import Transport

/// What an agent can do, as it says itself.
struct AgentCapabilities {
  var takesImages: Bool
  var loadsSessions: Bool
  /// How it speaks with MCP servers that it does not start itself.
  var mcpTransports: Set<MCPTransport>
  /// The ways in which it can be logged in.
  var logins: [AuthMethod]
}

/// An agent has to be logged in, and nobody is needed for none of its ways.
struct AuthenticationRequired: Error {
  let logins: [AuthMethod]
  /// How the last way was refused that was tried.
  let error: RPCError?

  /// The ways, for people; empty if it offers none.
  var text: String { logins.prefix(AuthMethod.shownMax).map(\.wish).joined(separator: ", ") }
}

/// A session that an agent keeps.
struct ACPSession {
  let id: String
  /// Whether the agent knows nothing yet of what was said.
  var isNew: Bool
  /// What the agent has counted in it when it last told.
  var counted = TokenUsage()
}

/// How a dialogue with an agent is opened.
///
/// Specification: https://agentclientprotocol.com/protocol/initialization, https://agentclientprotocol.com/protocol/session-setup
struct ACPHandshake {
  let agent: String
  let folder: SessionFolder
  let servers: ACPServerList
  let peer: RPCPeer
  /// What no log may have of what the agent says.
  let secrets: [String]
  /// The names of the variables that the rules give it.
  let variables: Set<String>
  /// Hears what a session offers.
  let ear: SessionUpdateReceiver
  let logger: Logger

  /// The version of the protocol that is spoken.
  private static let version = 1

  /// Says who we are, and hears what the agent can do.
  func greet() async throws -> AgentCapabilities {
    let greeting = try await peer.ask(
      "initialize",
      [
        "protocolVersion": .int(Self.version),
        "clientCapabilities": ["fs": ["readTextFile": true, "writeTextFile": true], "terminal": false],
        "clientInfo": ["name": "edgecrab", "title": "edgecrab", "version": .string(UserAgent.version)],
      ])
    guard greeting["protocolVersion"]?.int == Self.version else {
      let version = greeting["protocolVersion"]?.text.singleLine(atMost: Limits.detailScalarsMax)
      throw RPCConnectionError.notUnderstood("it speaks version \(version ?? "unknown") of the protocol")
    }
    let told = greeting["agentCapabilities"] ?? .null
    return AgentCapabilities(
      takesImages: told["promptCapabilities"]?["image"] == true, loadsSessions: told["loadSession"] == true,
      mcpTransports: Set(MCPTransport.allCases.filter { told["mcpCapabilities"]?[$0.rawValue] == true }),
      logins: (greeting["authMethods"]?.elements ?? []).compactMap { AuthMethod($0, variables: variables) })
  }

  /// Takes up the session that is known where the agent still has it, else begins one. If the agent wants to be logged in
  /// first, the ways that need nobody are tried.
  func open(knowing known: SavedACPSession?, _ abilities: AgentCapabilities) async throws -> ACPSession {
    let (told, unreachable) = servers.told(to: abilities)
    if !unreachable.isEmpty {
      logger.warning(
        "MCP servers left out: the agent cannot reach them by their transport",
        metadata: ["agent": "\(agent)", "servers": "\(unreachable.joined(separator: ", "))"])
    }
    let place: JSON = ["cwd": .string(folder.path), "mcpServers": told]
    do {
      return try await open(knowing: known, in: place)
    } catch let error as RPCError where error.code == RPCError.loginNeeded {
      var refusal = error
      for login in abilities.logins where login.needsNobody {
        do {
          _ = try await peer.ask("authenticate", ["methodId": .string(login.id)])
        } catch let error as RPCError {
          refusal = error
          continue
        }
        logger.info(
          "agent logged in",
          metadata: ["agent": "\(agent)", "method": "\(login.id.singleLine(atMost: Limits.detailScalarsMax))"])
        do {
          return try await open(knowing: known, in: place)
        } catch let error as RPCError where error.code == RPCError.loginNeeded {
          refusal = error
        }
      }
      throw AuthenticationRequired(logins: abilities.logins, error: refusal)
    }
  }

  private func open(knowing known: SavedACPSession?, in place: JSON) async throws -> ACPSession {
    if let known {
      do {
        let told = try await peer.ask("session/load", place.appending(["sessionId": .string(known.session)]))
        ear.changeOffer(of: known.session) { $0.take(session: told) }
        return ACPSession(id: known.session, isNew: false, counted: known.counted)
      } catch let error as RPCError where error.code != RPCError.loginNeeded {
        logger.notice(
          "session not loaded",
          metadata: [
            "agent": "\(agent)",
            "reason": "\(error.detail.redacting(secrets).singleLine(atMost: Limits.detailScalarsMax))",
          ])
      }
    }
    let told = try await peer.ask("session/new", place)
    guard let id = told["sessionId"]?.string, id.utf8.count <= Limits.acpSessionBytesMax else {
      throw RPCConnectionError.notUnderstood("`session/new` brought no session")
    }
    ear.changeOffer(of: id) { $0.take(session: told) }
    return ACPSession(id: id, isNew: true)
  }
}
