public import Logging

/// Sends HTTP requests. All clients of a process share one curl thread and its idle connections.
///
/// Redirects are not followed: following one would send the caller's token to wherever the redirect points.
public struct HTTPClient: Sendable {
  private let logger: Logger
  private let settings: ConnectionSettings

  /// Makes a client that logs, at debug level, the method, host and outcome of every exchange.
  public init(logger: Logger) { self.init(logger: logger, settings: .environment) }

  init(logger: Logger, settings: ConnectionSettings) {
    self.logger = logger
    self.settings = settings
  }

  /// Sends a request and waits for the whole response, whatever its status.
  ///
  /// Cancelling the task closes the connection at once.
  public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let stream = try await stream(request)
    var body: [UInt8] = []
    for try await chunk in stream {
      if body.isEmpty { body = chunk } else { body += chunk }
    }
    return HTTPResponse(status: stream.status, headers: stream.headers, body: body)
  }

  /// Sends a request and returns once the headers of the response are in; the body is still to come.
  ///
  /// Cancelling the task closes the connection at once.
  public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
    guard FieldCheck.isToken(request.method) else {
      throw TransportError(.badHeader, "the method is no HTTP method")
    }
    try FieldCheck.check(request.headers)
    let target = try Target(request.url)
    let begin = ContinuousClock.now
    do throws(TransportError) {
      let lease = try await CurlLoop.shared.start(request, to: target, settings: settings)
      let head = try await CurlLoop.shared.head(of: lease).get()
      log(request, target, "\(head.status)", since: begin)
      return HTTPStream(status: head.status, headers: head.headers, lease: lease)
    } catch {
      log(request, target, error.code.rawValue, since: begin)
      throw error
    }
  }

  private func log(_ request: HTTPRequest, _ target: Target, _ outcome: String, since begin: ContinuousClock.Instant) {
    // The path and the query stay out of the log: with web hooks they are the secret.
    logger.debug(
      "http exchange",
      metadata: [
        "method": "\(request.method)", "host": "\(target.authority)", "outcome": "\(outcome)",
        "milliseconds": "\((ContinuousClock.now - begin).milliseconds)",
      ])
  }
}
