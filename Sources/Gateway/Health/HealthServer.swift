import FlyingFox
import FlyingSocks
import FoundationEssentials

/// Tells over HTTP how the gateway is, for whoever supervises it.
final class HealthServer: Sendable {
  /// Where it listens: with the port that was free, where 0 was asked for.
  let address: HealthAddress
  private let http: HTTPServer
  private let serving: Task<Void, any Error>

  /// Listens.
  ///
  /// - Throws: where it cannot, as when the port is taken.
  static func start(
    at address: HealthAddress, report: @escaping @Sendable () async -> HealthReport
  ) async throws(GatewayError) -> HealthServer {
    do {
      let handler = ClosureHTTPHandler { request in try await answer(to: request, report) }
      let http =
        address.isIPv6
        ? HTTPServer(
          address: try .inet6(ip6: address.host, port: address.port), logger: .disabled, handler: handler)
        : HTTPServer(address: try .inet(ip4: address.host, port: address.port), logger: .disabled, handler: handler)
      let listening = Task { try await http.waitUntilListening() }
      let serving = Task {
        // Where the port is taken, serving ends with the reason, and listening would never begin.
        defer { listening.cancel() }
        try await http.run()
      }
      do {
        try await listening.value
      } catch {
        serving.cancel()
        try await serving.value
        throw error
      }
      let port: UInt16
      switch await http.listeningAddress {
      case .ip4(_, let number), .ip6(_, let number): port = number
      case .unix, nil: throw SocketError.unsupportedAddress
      }
      return HealthServer(address: HealthAddress(host: address.host, port: port), http, serving)
    } catch {
      throw .health(address, reason: reason(error))
    }
  }

  private init(address: HealthAddress, _ http: HTTPServer, _ serving: Task<Void, any Error>) {
    self.address = address
    self.http = http
    self.serving = serving
  }

  deinit { serving.cancel() }

  /// Stops listening.
  func stop() async {
    await http.stop()
    _ = await serving.result
  }

  private static func answer(
    to request: HTTPRequest, _ report: @Sendable () async -> HealthReport
  ) async throws -> HTTPResponse {
    guard request.path == "/health" || request.path == "/ready" else { return HTTPResponse(statusCode: .notFound) }
    guard request.method == .GET else { return HTTPResponse(statusCode: .methodNotAllowed) }
    let report = await report()
    let isHealth = request.path == "/health"
    let word = report.connection.connected ? "ready\n" : "not ready\n"
    return HTTPResponse(
      statusCode: report.connection.connected ? .ok : .serviceUnavailable,
      headers: HTTPHeaders([.contentType: isHealth ? "application/json" : "text/plain; charset=utf-8"]),
      body: isHealth ? try report.json : Data(word.utf8))
  }

  private static func reason(_ error: any Error) -> String {
    if case .failed(_, _, let message) = error as? SocketError { return message.lowercased() }
    return String(describing: error)
  }
}
