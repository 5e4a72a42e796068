import FoundationEssentials
import HTTPServing
import Logging

/// Serves `/health` and `/ready` for supervisors.
final class HealthServer: Sendable {
  /// The address with the actual port, if 0 was asked for.
  let address: HealthAddress
  private let http: HTTPServer

  static func start(
    at address: HealthAddress, limits: HTTPServerLimits = Limits.health, logger: Logger,
    report: @escaping @Sendable () async -> HealthReport
  ) async throws(HealthServerError) -> HealthServer {
    do throws(HTTPServerError) {
      let http = try await HTTPServer.start(
        host: address.host, port: Int(address.port), limits: limits, logger: logger
      ) { .respond(await response(to: $0, report, logger)) }
      return HealthServer(address: HealthAddress(host: address.host, port: UInt16(http.port)), http)
    } catch {
      throw HealthServerError(address: address, reason: error.description)
    }
  }

  private init(address: HealthAddress, _ http: HTTPServer) {
    self.address = address
    self.http = http
  }

  func stop() async { await http.stop() }

  private static func response(
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
      logger.error("cannot encode the health report", metadata: ["reason": "\(error)"])
      return HTTPServerResponse(status: 500)
    }
  }
}

/// The address of `/health` cannot be listened on.
package struct HealthServerError: Error, Sendable, CustomStringConvertible {
  let address: HealthAddress
  /// The system's reason.
  let reason: String

  package var description: String {
    "cannot listen on \(address) for /health: \(reason); choose another address or port"
  }
}
