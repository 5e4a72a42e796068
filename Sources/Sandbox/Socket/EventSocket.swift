import FlyingFox
import FoundationEssentials
import Logging

/// The WebSocket of one client: frames in to `SocketDialogue`, events out as the world tells them.
struct EventSocket: WSHandler {
  let world: SandboxWorld
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

  func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
    let (frames, out) = AsyncStream.makeStream(
      of: WSFrame.self, bufferingPolicy: .bufferingOldest(Limits.framesWaitingMax))
    let (ending, end) = AsyncStream.makeStream(of: Never.self)
    let outlet = SocketOutlet(frames: out, end: { end.finish() })
    out.onTermination = { _ in end.finish() }
    // FlyingFox closes the TCP connection once `frames` has ended. That must come last: while somebody still reads
    // from a closed descriptor, its number may already belong to the next connection.
    Task {
      await serve(client, outlet, until: ending)
      out.finish()
    }
    return frames
  }

  private func serve(
    _ client: AsyncThrowingStream<WSFrame, any Error>, _ outlet: SocketOutlet, until ending: AsyncStream<Never>
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
      group.addTask { await SocketDialogue(world: world, socketID: socketID, outlet: outlet).run(client) }
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
