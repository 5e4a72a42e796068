import FoundationEssentials
import HTTPServing
import Logging

/// Tells over HTTP how the gateway is, for whoever supervises it.
final class HealthServer: Sendable {
  /// Where it listens: with the port that was free, where 0 was asked for.
  let address: HealthAddress
  private let http: HTTPServer

  /// Listens.
  ///
  /// - Throws: where it cannot, as when the port is taken.
  static func start(
    at address: HealthAddress, bounds: HTTPServerLimits = Limits.health, logger: Logger,
    report: @escaping @Sendable () async -> HealthReport
  ) async throws(GatewayError) -> HealthServer {
    do throws(HTTPServerError) {
      let http = try await HTTPServer.start(
        host: address.host, port: Int(address.port), bounds: bounds, logger: logger
      ) { .respond(await answer(to: $0, report, logger)) }
      return HealthServer(address: HealthAddress(host: address.host, port: UInt16(http.port)), http)
    } catch {
      throw .health(address, reason: error.description)
    }
  }

  private init(address: HealthAddress, _ http: HTTPServer) {
    self.address = address
    self.http = http
  }

  /// Stops listening.
  func stop() async { await http.stop() }

  private static func answer(
    to request: HTTPServerRequest, _ report: @Sendable () async -> HealthReport, _ logger: Logger
  ) async -> HTTPServerResponse {
    guard request.path == "/health" || request.path == "/ready" else { return HTTPServerResponse(status: 404) }
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPServerResponse(status: 405, headers: [("Allow", "GET, HEAD")])
    }
    let report = await report()
    let status = report.connection.connected ? 200 : 503
    guard request.path == "/health" else {
      let word = report.connection.connected ? "ready\n" : "not ready\n"
      return HTTPServerResponse(
        status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(word.utf8))
    }
    do {
      return HTTPServerResponse(
        status: status, headers: [("Content-Type", "application/json")], body: Array(try report.json))
    } catch {
      logger.error("cannot write the health report", metadata: ["reason": "\(error)"])
      return HTTPServerResponse(status: 500)
    }
  }
}
