import Core
import FoundationEssentials
import HTTPServing

/// What a client says on its WebSocket and what it is answered: control frames (RFC 6455, section 5.5) and Mattermost's
/// actions, which are JSON.
struct SocketSession: Sendable {
  let world: SandboxState
  let socketID: SocketID
  let outlet: SocketOutlet

  /// Until the client closes, goes away, or breaks the rules.
  func run(_ client: WebSocketFrames) async {
    var message: [UInt8]?
    do {
      for try await frame in client {
        guard await world.outlet(of: socketID) != nil else {
          if frame.opcode == .close { return }
          continue
        }
        switch frame.opcode {
        case .ping where frame.payload.count <= 125: outlet.send(.pong, frame.payload)
        case .pong: break
        case .close:
          outlet.send(.close, frame.payload)
          return
        case .text where message == nil: message = frame.payload
        case .continuation where message != nil: message?.append(contentsOf: frame.payload)
        default: return
        }
        guard let complete = message, frame.opcode == .text || frame.opcode == .continuation else { continue }
        guard complete.count <= Limits.socketMessageBytesMax else { return }
        guard frame.isFinal else { continue }
        message = nil
        guard await answer(complete) else { return }
      }
    } catch {
      // The connection broke, or what came is no frame: the end of it either way.
    }
  }

  /// Does what a message asks for; `false` ends the socket.
  private func answer(_ message: [UInt8]) async -> Bool {
    guard let action = try? JSONDecoder().decode(Action.self, from: Data(message)) else { return true }
    guard let sequence = action.seq, sequence > 0 else {
      fail(0, "api.web_socket_router.bad_seq.app_error", "Invalid sequence for WebSocket message.", status: 400)
      return true
    }
    if action.action == "authentication_challenge" {
      guard let user = await world.acceptedUser(token: action.data?.token) else { return false }
      await world.begin(socketID, as: user)
      reply(["status": "OK", "seq_reply": .int(sequence)])
      return true
    }
    guard let user = await world.user(of: socketID) else {
      fail(
        sequence, "api.web_socket_router.not_authenticated.app_error",
        "WebSocket connection is not authenticated. Please log in and try again.", status: 401)
      return true
    }
    switch action.action {
    case "ping":
      reply([
        "status": "OK", "seq_reply": .int(sequence),
        "data": [
          "node_id": "", "server_time": .int(world.milliseconds), "text": "pong",
          "version": .string(ServerVersion.number),
        ],
      ])
    case "user_typing":
      // Typing where one is not a member is nobody's business: refused in silence.
      try? await world.typing(user, in: action.data?.channelID ?? "", threadID: action.data?.parentID ?? "")
      reply(["status": "OK", "seq_reply": .int(sequence)])
    default:
      fail(sequence, "api.web_socket_router.bad_action.app_error", "Unknown WebSocket action.", status: 400)
    }
    return true
  }

  private func reply(_ json: JSON) { outlet.send(json.text) }

  /// Unrecorded: the ids follow the published sources of version 6.7.
  private func fail(_ sequence: Int, _ id: String, _ message: String, status: Int) {
    reply([
      "status": "FAIL", "seq_reply": .int(sequence),
      "error": [
        "id": .string(id), "message": .string(message), "detailed_error": "", "status_code": .int(status),
      ],
    ])
  }

  private struct Action: Decodable {
    let seq: Int?
    let action: String
    let data: Content?

    struct Content: Decodable {
      let token: String?
      let channelID: String?
      let parentID: String?

      enum CodingKeys: String, CodingKey {
        case token
        case channelID = "channel_id"
        case parentID = "parent_id"
      }
    }
  }
}
