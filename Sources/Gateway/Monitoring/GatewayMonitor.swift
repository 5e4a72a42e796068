import FoundationEssentials
import PrometheusMetrics
import RuleEngine
import Sessions
import Synchronization

/// The figures and states that the listener shows. It exists before the server was looked up, so that a supervisor sees a gateway that waits
/// for its server.
final class GatewayMonitor: Sendable {
  let rules: RulesState
  /// `nil` if nothing listens: then nothing is recorded.
  let metrics: GatewayMetrics?
  private let page: MetricsPage?
  private let beganAt = Date()
  private let parts = Mutex<Parts?>(nil)

  /// The parts that exist once the server was looked up.
  struct Parts: Sendable {
    let connection: ConnectionState
    let store: any SessionStore
    let sessions: SessionRegistry
    let duplicates: DuplicateGatewayDetector
  }

  /// - Parameter isListening: whether something listens, so that metrics are recorded.
  init(_ rules: RulesState, isListening: Bool) {
    self.rules = rules
    guard isListening else {
      (metrics, page) = (nil, nil)
      return
    }
    let registry = PrometheusRegistry(GatewayMetric.families)
    let metrics = GatewayMetrics(registry)
    self.metrics = metrics
    page = MetricsPage(registry, recordedBy: metrics)
  }

  /// Shows these parts from now on.
  func show(_ parts: Parts) { self.parts.withLock { $0 = parts } }

  private var known: Parts? { parts.withLock { $0 } }

  /// The way in which posts arrive, and since when.
  private var connection: (mode: ConnectionState.Mode, since: Date) {
    get async { await known?.connection.current ?? (.none, beganAt) }
  }

  /// True if posts arrive.
  var isConnected: Bool { get async { await connection.mode != .none } }

  /// The report of `/health`. Before the server was looked up, it says that the gateway is not connected.
  var health: HealthReport {
    get async {
      HealthReport(
        await connection, await rules.active, await rules.rejected, await rules.renamed,
        known?.store.condition ?? .sound, otherGatewaySeen: await known?.duplicates.lastSeen)
    }
  }

  /// The text of `/metrics`.
  var metricsText: [UInt8] {
    get async {
      await page?.text {
        MetricsSample(
          mode: await self.connection.mode, rules: await self.rules.active.ruleSet.rules.count,
          isRefused: await self.rules.rejected != nil,
          load: self.known?.sessions.load ?? (sessions: 0, running: 0, waiting: 0))
      } ?? []
    }
  }
}
