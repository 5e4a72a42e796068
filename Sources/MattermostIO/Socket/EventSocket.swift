package import Core
package import Logging
package import Transport

/// Mattermost's event socket, kept open: connects, waits for the greeting, notices when the server is gone, connects
/// again and resumes where it was.
///
/// See "WebSocket" in <https://developers.mattermost.com/api-documentation/>.
package struct EventSocket: Sendable {
  private let address: WebAddress
  private let token: Secret
  private let certificate: ClientCertificate?
  private let pingInterval: Duration
  private let logger: Logger
  private let time: TimeAndChance

  /// A socket for a bot's token, and for the certificate that the server may ask for.
  ///
  /// - Parameter pingInterval: how often the server is asked whether it is there; nil is every 25 seconds. A dead
  ///   connection is found after two of them.
  package init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, pingInterval: Duration? = nil,
    logger: Logger
  ) {
    self.init(
      address: address, token: token, certificate: certificate, pingInterval: pingInterval, logger: logger,
      time: .system)
  }

  init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, pingInterval: Duration? = nil,
    logger: Logger, time: TimeAndChance
  ) {
    self.address = address
    self.token = token
    self.certificate = certificate
    self.pingInterval = pingInterval ?? Limits.pingInterval
    self.logger = logger
    self.time = time
  }

  /// Stays connected until the task is cancelled, and hands over what happens, one thing after the other.
  ///
  /// The server waits while `handle` is busy, so nothing piles up here. No failure ends this: whoever thinks that an
  /// error is final cancels the task.
  package func run(_ handle: @escaping @Sendable (SocketEvent) async -> Void) async {
    var position = SequenceTracker()
    var failures = 0
    while !Task.isCancelled {
      await handle(.connecting)
      let end = await connect(at: position, handle)
      if Task.isCancelled { return }
      position = end.position
      failures = end.wasGreeted ? 1 : failures + 1
      logger.debug("event socket lost", metadata: ["code": "\(end.error.code.rawValue)", "failures": "\(failures)"])
      await handle(.lost(end.error))
      let asked = min(end.error.retryAfter ?? .zero, Limits.serverWaitMax)
      let delay = max(Backoff.reconnect.delay(afterFailures: failures, random: time.random()), asked)
      await handle(.waiting(delay))
      do { try await time.sleep(delay) } catch { return }
    }
  }

  /// How a connection ended, and how far it came.
  private struct End: Sendable {
    var error: MattermostError
    var position: SequenceTracker
    var wasGreeted: Bool
  }

  private func connect(
    at position: SequenceTracker, _ handle: @escaping @Sendable (SocketEvent) async -> Void
  ) async -> End {
    let socket: WebSocket
    do {
      socket = try await WebSocket.connect(
        address.api("/websocket") + position.query, headers: [("Authorization", "Bearer \(token.exposed)")],
        timeLimit: Limits.connectTime, certificate: certificate, logger: logger)
    } catch {
      return End(error: MattermostError(refusal: error, address: address), position: position, wasGreeted: false)
    }
    let end = await follow(socket, at: position, handle)
    // In a task of its own, because in a cancelled one nothing waits for the goodbye to go out.
    if Task.isCancelled { await Task { await socket.close(code: 1000) }.value }
    return end
  }

  /// Reads a connection and watches over it until either finds that it is over.
  private func follow(
    _ socket: WebSocket, at position: SequenceTracker, _ handle: @escaping @Sendable (SocketEvent) async -> Void
  ) async -> End {
    let pulse = Heartbeat()
    return await withTaskGroup(of: Finding.self) { group in
      group.addTask {
        var reader = SocketReader(socket: socket, position: position, address: address, pulse: pulse, logger: logger)
        let error = await reader.read(handle)
        return .ended(End(error: error, position: reader.position, wasGreeted: reader.wasGreeted))
      }
      group.addTask { .silence(await watch(socket, pulse)) }
      var end = End(
        error: MattermostError(.socketClosed, .socket, address: address.text), position: position, wasGreeted: false)
      var silence: MattermostError?
      for await finding in group {
        switch finding {
        case .ended(let ended): end = ended
        case .silence(let error): silence = error
        }
        group.cancelAll()
      }
      // The reader of a silent connection only knows that it was cancelled.
      end.error = silence ?? end.error
      return end
    }
  }

  private enum Finding: Sendable {
    case ended(End)
    /// What the watch found; nil if it was cancelled before it found anything.
    case silence(MattermostError?)
  }

  /// Returns once the connection is dead, with why; nil if it was cancelled.
  private func watch(_ socket: WebSocket, _ pulse: Heartbeat) async -> MattermostError? {
    do {
      // Whoever wants to know sooner that a connection is dead does not wait longer for its greeting.
      try await time.sleep(min(Limits.helloTime, pingInterval * 2))
      guard await pulse.isWelcome else { return MattermostError(.noHello, .socket, address: address.text) }
      while true {
        let moment = await pulse.now()
        // A connection that takes no ping is over; the reader tells how.
        try? await socket.ping()
        try await time.sleep(pingInterval)
        guard await pulse.isAlive(since: moment) else {
          return MattermostError(.socketSilent, .socket, address: address.text)
        }
      }
    } catch {
      return nil
    }
  }
}
