package import Logging

/// Sends HTTP requests. All clients of a process share one curl thread and its idle connections.
///
/// Redirects are not followed: following one would send the caller's token to any host that a redirect names.
package struct HTTPClient: Sendable {
  private let logger: Logger
  private let settings: ConnectionSettings

  /// Creates a client that logs the method, the host and the outcome of every request at debug level.
  ///
  /// - Parameter certificate: The client certificate for servers that request one.
  package init(logger: Logger, certificate: ClientCertificate? = nil) {
    self.init(logger: logger, settings: .environment(certificate))
  }

  init(logger: Logger, settings: ConnectionSettings) {
    self.logger = logger
    self.settings = settings
  }

  /// Sends a request and returns the whole response, whatever its status. Cancelling the task closes the connection.
  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await stream(request).whole()
  }

  /// Sends a request and returns after the headers of the response, before its body. Cancelling the task closes the
  /// connection.
  package func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
    let target = try RequestValidator.target(of: request)
    let start = ContinuousClock.now
    do throws(TransportError) {
      let transfer = try await CurlLoop.shared.start(request, to: target, settings: settings)
      let head = try await CurlLoop.shared.head(of: transfer).get()
      log(request, target, "\(head.status)", since: start)
      return HTTPStream(head, transfer)
    } catch {
      log(request, target, error.code.rawValue, since: start)
      throw error
    }
  }

  /// Sends a request over a new connection, and returns its result with a trace of the connection.
  package func trace(_ request: HTTPRequest) async -> ConnectionTrace {
    do throws(TransportError) {
      let target = try RequestValidator.target(of: request)
      let transfer = try await CurlLoop.shared.start(request, to: target, settings: settings, isTraced: true)
      let result = await Self.response(of: transfer)
      return await CurlLoop.shared.trace(of: transfer, settings, result)
    } catch {
      return ConnectionTrace(failure: error, settings)
    }
  }

  private static func response(of transfer: TransferHandle) async -> Result<HTTPResponse, TransportError> {
    do throws(TransportError) {
      let head = try await CurlLoop.shared.head(of: transfer).get()
      return .success(try await HTTPStream(head, transfer).whole())
    } catch {
      return .failure(error)
    }
  }

  private func log(
    _ request: HTTPRequest, _ target: RequestTarget, _ outcome: String, since start: ContinuousClock.Instant
  ) {
    // The path and the query may be secrets, as those of web hooks are.
    logger.debug(
      "http exchange",
      metadata: [
        "method": "\(request.method)", "host": "\(target.authority)", "outcome": "\(outcome)",
        "milliseconds": "\((ContinuousClock.now - start).curlMilliseconds)",
      ])
  }
}
