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
    let transfer = CurlLoop.shared.newHandle()
    do throws(TransportError) {
      let head = try await CurlLoop.shared.start(request, to: target, settings: settings, as: transfer).get()
      log(request, target, "\(head.status)", since: start)
      return HTTPStream(head, transfer)
    } catch {
      log(request, target, error.code.rawValue, since: start)
      throw error
    }
  }

  /// Sends a request over a new connection, and returns its result with a trace of the connection.
  package func trace(_ request: HTTPRequest) async -> ConnectionTrace {
    let transfer = CurlLoop.shared.newHandle()
    do throws(TransportError) {
      let target = try RequestValidator.target(of: request)
      let result = await response(to: request, target, as: transfer)
      return await CurlLoop.shared.trace(of: transfer, settings, result)
    } catch {
      return ConnectionTrace(failure: error, settings)
    }
  }

  private func response(
    to request: HTTPRequest, _ target: RequestTarget, as transfer: TransferHandle
  ) async -> Result<HTTPResponse, TransportError> {
    do throws(TransportError) {
      let head = try await CurlLoop.shared.start(
        request, to: target, settings: settings, isTraced: true, as: transfer
      ).get()
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
