package import Core
package import Logging
package import Transport

/// A persistent connection to Mattermost's event socket. It waits for the server's hello, detects a dead connection,
/// reconnects, and resumes the sequence of events.
///
/// See "WebSocket" in <https://developers.mattermost.com/api-documentation/>.
package struct EventSocket: Sendable {
  private let address: WebAddress
  private let token: Secret
  private let certificate: ClientCertificate?
  private let pingInterval: Duration
  private let logger: Logger
  private let clock: any MonotonicClock
  private let random: any RandomNumberGenerator & Sendable

  /// Creates an event socket for a bot's token.
  ///
  /// - Parameters:
  ///   - certificate: The client certificate for servers that request one.
  ///   - pingInterval: The time between two pings, 25 seconds by default. A dead connection is detected after two of
  ///     them.
  package init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, pingInterval: Duration? = nil,
    logger: Logger
  ) {
    self.init(
      address: address, token: token, certificate: certificate, pingInterval: pingInterval, logger: logger,
      clock: .continuous, random: SystemRandomNumberGenerator())
  }

  init(
    address: WebAddress, token: Secret, certificate: ClientCertificate? = nil, pingInterval: Duration? = nil,
    logger: Logger, clock: any MonotonicClock, random: any RandomNumberGenerator & Sendable
  ) {
    self.address = address
    self.token = token
    self.certificate = certificate
    self.pingInterval = pingInterval ?? Limits.pingInterval
    self.logger = logger
    self.clock = clock
    self.random = random
  }

  /// Stays connected until the task is cancelled, and passes everything that happens to `handle`, one after the other.
  ///
  /// While `handle` is running, the server waits. No failure ends the loop; cancel the task if one is final.
  package func run(_ handle: @escaping @Sendable (SocketEvent) async -> Void) async {
    var generator = random
    var sequence = SequenceTracker()
    var failures = 0
    while !Task.isCancelled {
      await handle(.connecting)
      let end = await connect(at: sequence, handle)
      if Task.isCancelled { return }
      sequence = end.sequence
      failures = end.wasGreeted ? 1 : failures + 1
      logger.debug("event socket lost", metadata: ["code": "\(end.error.code.rawValue)", "failures": "\(failures)"])
      await handle(.lost(end.error))
      let requested = min(end.error.retryAfter ?? .zero, Limits.serverWaitMax)
      let delay = max(Backoff.reconnect.delay(afterFailures: failures, using: &generator), requested)
      await handle(.waiting(delay))
      do { try await clock.sleep(for: delay) } catch { return }
    }
  }

  /// The end of one connection.
  private struct End: Sendable {
    var error: MattermostError
    var sequence: SequenceTracker
    var wasGreeted: Bool
  }

  private func connect(
    at sequence: SequenceTracker, _ handle: @escaping @Sendable (SocketEvent) async -> Void
  ) async -> End {
    let socket: WebSocket
    do {
      socket = try await WebSocket.connect(
        address.api("/websocket") + sequence.query, headers: [("Authorization", "Bearer \(token.exposed)")],
        timeLimit: Limits.connectTime, certificate: certificate, logger: logger)
    } catch {
      return End(error: MattermostError(opening: error, address: address), sequence: sequence, wasGreeted: false)
    }
    let end = await follow(socket, at: sequence, handle)
    // Mattermost may not answer the close frame: that is not waited for.
    if Task.isCancelled { await socket.close(code: 1000) }
    return end
  }

  /// Reads a connection and monitors it until it ends, or is found to be dead.
  private func follow(
    _ socket: WebSocket, at sequence: SequenceTracker, _ handle: @escaping @Sendable (SocketEvent) async -> Void
  ) async -> End {
    let heartbeat = Heartbeat()
    return await withTaskGroup(of: Outcome.self) { group in
      group.addTask {
        var reader = SocketReader(
          socket: socket, sequence: sequence, address: address, heartbeat: heartbeat, logger: logger)
        let error = await reader.read(handle)
        return .ended(End(error: error, sequence: reader.sequence, wasGreeted: reader.wasGreeted))
      }
      group.addTask { .silence(await monitor(socket, heartbeat)) }
      var end = End(
        error: MattermostError(.socketClosed, .eventSocket, address: address.text), sequence: sequence,
        wasGreeted: false)
      var silence: MattermostError?
      for await outcome in group {
        switch outcome {
        case .ended(let ended): end = ended
        case .silence(let error): silence = error
        }
        group.cancelAll()
      }
      // The reader of a silent connection reports only that it was cancelled.
      end.error = silence ?? end.error
      return end
    }
  }

  private enum Outcome: Sendable {
    case ended(End)
    /// The result of monitoring, or `nil` if it was cancelled first.
    case silence(MattermostError?)
  }

  /// Returns an error when the connection is dead, or `nil` when the task is cancelled.
  private func monitor(_ socket: WebSocket, _ heartbeat: Heartbeat) async -> MattermostError? {
    do {
      // A short ping interval also shortens the wait for the hello.
      try await clock.sleep(for: min(Limits.helloTime, pingInterval * 2))
      guard heartbeat.isGreeted else { return MattermostError(.noHello, .eventSocket, address: address.text) }
      while true {
        let count = heartbeat.count
        // A connection that accepts no ping has ended; the reader reports why.
        try? await socket.ping()
        try await clock.sleep(for: pingInterval)
        guard heartbeat.isAlive(since: count) else {
          return MattermostError(.socketSilent, .eventSocket, address: address.text)
        }
      }
    } catch {
      return nil
    }
  }
}

/// An event of the connection or of the server, in the order in which they happened.
package enum SocketEvent: Sendable, Equatable {
  /// A connection attempt starts.
  case connecting
  /// The server has greeted the bot. If the connection `isResumed`, no event was lost.
  case connected(isResumed: Bool)
  /// Events before the next one may have been lost, and have to be read over REST.
  case gap
  /// The server reports an event, with its number in the sequence of the connection.
  case event(ServerEvent, sequence: Int64?)
  /// A frame could not be decoded.
  case skipped(WireError)
  /// The connection ended, or could not be opened. If the error `requiresUserAction`, the next attempt will likely fail
  /// too.
  case lost(MattermostError)
  /// The next attempt follows after this time.
  case waiting(Duration)
}

extension MattermostError {
  /// Creates the error of an event socket that could not be opened.
  init(opening error: WebSocketError, address: WebAddress) {
    switch error {
    case .refused(let status, let headers, let body):
      let response = APIResponse(
        response: HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), operation: .eventSocket,
        address: address)
      self = response.error ?? response.error(.notMattermost)
    case .badHandshake(let fault):
      self.init(.notMattermost, .eventSocket, address: address.text, status: 101)
      serverMessage = fault
    case .transport(let failure):
      self.init(failure, .eventSocket, address: address)
    case .closed, .messageTooLarge, .invalidUTF8:
      self.init(closing: error, address: address)
    }
  }

  /// Creates the error of an open event socket that ended.
  init(closing error: WebSocketError, address: WebAddress) {
    self.init(.socketClosed, .eventSocket, address: address.text)
    switch error {
    case .transport(let failure):
      transport = failure
      serverMessage = failure.detail
    case .closed(let code, let reason):
      let reason = reason.singleLine(atMost: Limits.serverMessageScalarsMax)
      serverMessage = [code.map { "code \($0)" } ?? "", reason].filter { !$0.isEmpty }.joined(separator: ", ")
    case .messageTooLarge: serverMessage = "a message was too large"
    case .invalidUTF8: serverMessage = "a message was not UTF-8"
    case .badHandshake(let fault): serverMessage = fault
    case .refused(let status, _, _): serverMessage = "status \(status)"
    }
  }
}
