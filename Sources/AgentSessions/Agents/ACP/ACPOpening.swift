import Logging
import Transport
import Vocabulary

/// What an agent can do, as it says itself.
struct ACPAbilities {
  var takesImages: Bool
  var loadsSessions: Bool
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
struct ACPOpening {
  let agent: String
  let folder: SessionFolder
  let peer: RPCPeer
  /// What no log may have of what the agent says.
  let secrets: [String]
  let logger: Logger

  /// The version of the protocol that is spoken.
  private static let version = 1

  /// Says who we are, and hears what the agent can do.
  func greet() async throws -> ACPAbilities {
    let greeting = try await peer.ask(
      "initialize",
      [
        "protocolVersion": .int(Self.version),
        "clientCapabilities": ["fs": ["readTextFile": true, "writeTextFile": true], "terminal": false],
        "clientInfo": ["name": "edgecrab", "title": "edgecrab", "version": .string(UserAgent.version)],
      ])
    guard greeting["protocolVersion"]?.int == Self.version else {
      let version = greeting["protocolVersion"]?.text.onOneLine(atMost: Limits.detailScalarsMax)
      throw RPCEnd.notUnderstood("it speaks version \(version ?? "unknown") of the protocol")
    }
    let told = greeting["agentCapabilities"] ?? .null
    return ACPAbilities(
      takesImages: told["promptCapabilities"]?["image"] == true, loadsSessions: told["loadSession"] == true)
  }

  /// Takes up the session that is known where the agent still has it, else begins one.
  func open(knowing known: ACPNote?) async throws -> ACPSession {
    let place: JSON = ["cwd": .string(folder.path), "mcpServers": []]
    if let known {
      do {
        _ = try await peer.ask("session/load", place.appending(["sessionId": .string(known.session)]))
        return ACPSession(id: known.session, isNew: false, counted: known.counted)
      } catch let error as RPCError {
        logger.notice(
          "session not loaded",
          metadata: [
            "agent": "\(agent)", "reason": "\(error.detail.hiding(secrets).onOneLine(atMost: Limits.detailScalarsMax))",
          ])
      }
    }
    guard let id = try await peer.ask("session/new", place)["sessionId"]?.string,
      id.utf8.count <= Limits.acpSessionBytesMax
    else { throw RPCEnd.notUnderstood("`session/new` brought no session") }
    return ACPSession(id: id, isNew: true)
  }
}
