package import Logging

/// Sends HTTP requests. All clients of a process share one curl thread and its idle connections.
///
/// Redirects are not followed: following one would send the caller's token to wherever the redirect points.
package struct HTTPClient: Sendable {
  private let logger: Logger
  let settings: ConnectionSettings

  /// Makes a client that logs, at debug level, the method, host and outcome of every exchange.
  ///
  /// - Parameter certificate: is shown to servers that ask who we are.
  package init(logger: Logger, certificate: ClientCertificate? = nil) {
    self.init(logger: logger, settings: .environment(certificate))
  }

  init(logger: Logger, settings: ConnectionSettings) {
    self.logger = logger
    self.settings = settings
  }

  /// Sends a request and waits for the whole response, whatever its status.
  ///
  /// Cancelling the task closes the connection at once.
  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await stream(request).whole()
  }

  /// Sends a request and returns once the headers of the response are in; the body is still to come.
  ///
  /// Cancelling the task closes the connection at once.
  package func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
    let target = try RequestValidator.target(of: request)
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

  private func log(
    _ request: HTTPRequest, _ target: RequestTarget, _ outcome: String, since begin: ContinuousClock.Instant
  ) {
    // The path and the query stay out of the log: with web hooks they are the secret.
    logger.debug(
      "http exchange",
      metadata: [
        "method": "\(request.method)", "host": "\(target.authority)", "outcome": "\(outcome)",
        "milliseconds": "\((ContinuousClock.now - begin).milliseconds)",
      ])
  }
}
