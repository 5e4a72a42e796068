import HTTPServing
import Logging

/// The WebSocket of one client: frames in to `SocketDialogue`, events out as the world tells them.
struct EventSocket: Sendable {
  let world: SandboxState
  let logger: Logger
  /// Whom the upgrade's own token names.
  let user: User?
  let resume: Resume

  /// What the address says about an earlier connection.
  enum Resume: Sendable, Equatable {
    case none
    case from(ResumeRequest)
    /// Not to be understood: Mattermost closes at once.
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

  /// Serves the client until either side ends the socket. What was to be sent by then still goes out, if the client takes
  /// it in time.
  func serve(_ connection: WebSocketConnection) async {
    let (frames, out) = AsyncStream.makeStream(
      of: WebSocketFrame.self, bufferingPolicy: .bufferingOldest(Limits.framesWaitingMax))
    let (ending, end) = AsyncStream.makeStream(of: Never.self)
    async let sending: Void = {
      // What it throws is the end of the connection.
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
    guard resume != .malformed, let socketID = await world.open(outlet) else { return }
    if let user {
      if case .from(let request) = resume {
        await world.resume(request, on: socketID, as: user)
      } else {
        await world.begin(socketID, as: user)
      }
    }
    logger.debug("socket opened", metadata: ["socket": "\(socketID)", "user": "\(user?.username ?? "")"])
    await withTaskGroup { group in
      group.addTask { await SocketSession(world: world, socketID: socketID, outlet: outlet).run(client) }
      group.addTask { for await _ in ending {} }
      group.addTask { await dropUnlessAuthenticated(socketID) }
      await group.next()
      group.cancelAll()
    }
    await world.close(socketID)
    logger.debug("socket closed", metadata: ["socket": "\(socketID)"])
  }

  /// Ends when the socket shows no token in time; otherwise pings it, without end.
  private func dropUnlessAuthenticated(_ socketID: SocketID) async {
    try? await Task.sleep(for: Limits.authenticationDeadline)
    while await world.isAuthenticated(socketID), !Task.isCancelled {
      try? await Task.sleep(for: Limits.pingInterval)
      await world.ping(socketID)
    }
  }
}
