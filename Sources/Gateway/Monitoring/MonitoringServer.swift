import Core
import HTTPServing
import Logging
import PrometheusMetrics

/// Serves `/live`, `/ready`, `/health` and `/metrics` for supervisors and Prometheus.
final class MonitoringServer: Sendable {
  /// The address with the actual port, if 0 was asked for.
  let address: ListenAddress
  private let http: HTTPServer

  /// The paths that it serves.
  private enum Path: String {
    case live = "/live"
    case ready = "/ready"
    case health = "/health"
    case metrics = "/metrics"
  }

  static func start(
    at address: ListenAddress, showing monitor: GatewayMonitor, limits: HTTPServerLimits = Limits.monitoring,
    logger: Logger
  ) async throws(ListenError) -> MonitoringServer {
    do throws(HTTPServerError) {
      let http = try await HTTPServer.start(
        host: address.host, port: Int(address.port), limits: limits, logger: logger
      ) { .respond(await response(to: $0, monitor, logger)) }
      return MonitoringServer(address: ListenAddress(host: address.host, port: UInt16(http.port)), http)
    } catch {
      throw ListenError(address: address, reason: error.description)
    }
  }

  private init(address: ListenAddress, _ http: HTTPServer) {
    self.address = address
    self.http = http
  }

  func stop() async { await http.stop() }

  private static func response(
    to request: HTTPServerRequest, _ monitor: GatewayMonitor, _ logger: Logger
  ) async -> HTTPServerResponse {
    guard let path = Path(rawValue: request.path) else { return HTTPServerResponse(status: 404) }
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPServerResponse(status: 405, headers: [("Allow", "GET, HEAD")])
    }
    switch path {
    case .live:
      let isLive = await NetworkThreadProbe.shared.isRunning(within: Limits.liveTime)
      return sentence(
        isLive ? "live" : "not live: the network's thread has run nothing for \(Limits.liveTime.spelled)",
        status: isLive ? 200 : 503)
    case .ready:
      let obstacle = await monitor.obstacle
      return sentence(obstacle?.description ?? "ready", status: obstacle == nil ? 200 : 503)
    case .health: return response(await monitor.health, logger)
    case .metrics:
      return HTTPServerResponse(
        status: 200, headers: [("Content-Type", PrometheusRegistry.mediaType)], body: await monitor.metricsText)
    }
  }

  private static func response(_ report: HealthReport, _ logger: Logger) -> HTTPServerResponse {
    do {
      return HTTPServerResponse(
        status: report.status == .down ? 503 : 200, headers: [("Content-Type", "application/json")],
        body: Array(try report.json))
    } catch {
      logger.error("cannot encode the health report", metadata: ["reason": "\(error)"])
      return HTTPServerResponse(status: 500)
    }
  }

  private static func sentence(_ text: String, status: Int) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array((text + "\n").utf8))
  }
}

/// The address for monitoring cannot be listened on.
package struct ListenError: Error, Sendable, CustomStringConvertible {
  let address: ListenAddress
  /// The system's reason.
  let reason: String

  package var description: String {
    "cannot listen on \(address) for monitoring: \(reason); choose another address or port"
  }
}
