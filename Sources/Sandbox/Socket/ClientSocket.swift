import Core
import FoundationEssentials
import HTTPServing
import Logging

/// The WebSocket of a client: incoming frames go to `SocketSession`, events of the state go out.
struct ClientSocket: Sendable {
  let state: SandboxState
  let logger: Logger
  /// The user of the token in the upgrade request.
  let user: Account?
  let resume: Resume

  /// The request to resume an earlier connection, in the address.
  enum Resume: Sendable, Equatable {
    case none
    case from(ResumeRequest)
    /// Mattermost closes the connection.
    case malformed

    init(connectionID: String?, sequence: String?) {
      guard let connectionID, !connectionID.isEmpty else {
        self = .none
        return
      }
      guard MattermostID.isValid(connectionID), let number = sequence.flatMap(Int.init), number >= 0 else {
        self = .malformed
        return
      }
      self = .from(ResumeRequest(connectionID: connectionID, sequence: number))
    }
  }

  /// Serves the client until either side ends the socket. Frames that are queued then are still sent if the client
  /// reads them in time.
  func serve(_ connection: WebSocketConnection) async {
    let (frames, out) = AsyncStream.makeStream(
      of: WebSocketFrame.self, bufferingPolicy: .bufferingOldest(Limits.framesWaitingMax))
    let (ending, end) = AsyncStream.makeStream(of: Never.self)
    async let sending: Void = {
      // It throws at the end of the connection.
      try? await connection.send(frames)
      end.finish()
    }()
    await serve(connection.frames, SocketOutlet(frames: out, end: { end.finish() }), until: ending)
    out.finish()
    let deadline = Task {
      guard (try? await Task.sleep(for: Limits.lastFramesTime)) != nil else { return }
      connection.close()
    }
    await sending
    deadline.cancel()
  }

  private func serve(
    _ client: WebSocketFrames, _ outlet: SocketOutlet, until ending: AsyncStream<Never>
  ) async {
    guard resume != .malformed, let socketID = await state.open(outlet) else { return }
    if let user {
      if case .from(let request) = resume {
        await state.resume(request, on: socketID, as: user)
      } else {
        await state.begin(socketID, as: user)
      }
    }
    logger.debug("socket opened", metadata: ["socket": "\(socketID)", "user": "\(user?.username ?? "")"])
    await withTaskGroup { group in
      group.addTask { await SocketSession(state: state, socketID: socketID, outlet: outlet).run(client) }
      group.addTask { for await _ in ending {} }
      group.addTask { await pingUnlessUnauthenticated(socketID) }
      await group.next()
      group.cancelAll()
    }
    await state.close(socketID)
    logger.debug("socket closed", metadata: ["socket": "\(socketID)"])
  }

  /// Returns if the socket does not authenticate in time; otherwise sends pings until it is cancelled.
  private func pingUnlessUnauthenticated(_ socketID: SocketID) async {
    try? await Task.sleep(for: Limits.authenticationDeadline)
    while await state.isAuthenticated(socketID), !Task.isCancelled {
      try? await Task.sleep(for: Limits.pingInterval)
      await state.ping(socketID)
    }
  }
}

/// Answers the control frames of a client (RFC 6455, section 5.5) and its actions, which are JSON messages of
/// Mattermost.
struct SocketSession: Sendable {
  let state: SandboxState
  let socketID: SocketID
  let outlet: SocketOutlet

  /// Runs until the client closes the socket, disconnects, or violates the protocol.
  func run(_ client: WebSocketFrames) async {
    var message: [UInt8]?
    do {
      for try await frame in client {
        guard await state.outlet(of: socketID) != nil else {
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
      // The connection broke, or received bytes that are not a frame.
    }
  }

  /// Answers a message. Returns `false` to end the socket.
  private func answer(_ message: [UInt8]) async -> Bool {
    guard let action = try? JSONDecoder().decode(Action.self, from: Data(message)) else { return true }
    guard let sequence = action.seq, sequence > 0 else {
      fail(0, "api.web_socket_router.bad_seq.app_error", "Invalid sequence for WebSocket message.", status: 400)
      return true
    }
    if action.action == "authentication_challenge" {
      guard let user = await state.acceptedUser(token: action.data?.token) else { return false }
      await state.begin(socketID, as: user)
      reply(["status": "OK", "seq_reply": .int(sequence)])
      return true
    }
    guard let user = await state.user(of: socketID) else {
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
          "node_id": "", "server_time": .int(state.milliseconds), "text": "pong",
          "version": .string(ServerVersion.number),
        ],
      ])
    case "user_typing":
      // Typing in a channel that the user is not in is ignored.
      try? await state.typing(user, in: action.data?.channelID ?? "", threadID: action.data?.parentID ?? "")
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
