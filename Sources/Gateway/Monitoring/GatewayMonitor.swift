import FoundationEssentials
import PrometheusMetrics
import RuleEngine
import Sessions
import Synchronization

/// The figures and states that the listener shows. It exists before the server was looked up, so that a supervisor sees a
/// gateway that waits for its server, or stands by.
final class GatewayMonitor: Sendable {
  let rules: RulesState
  /// `nil` if nothing listens: then nothing is recorded.
  let metrics: GatewayMetrics?
  private let page: MetricsPage?
  private let beganAt = Date()
  private let parts = Mutex<Parts?>(nil)
  private let standby = Mutex<Standby?>(nil)

  /// The parts that exist once the server was looked up.
  struct Parts: Sendable {
    let connection: ConnectionState
    let store: any SessionStore
    let sessions: SessionRegistry
    let duplicates: DuplicateGatewayDetector
  }

  /// Another gateway answers by other rules, and this one waits until they are the same.
  struct Standby: Sendable {
    /// The name of the one that answers.
    let gateway: String
    let since: Date
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

  /// Records that the gateway of this name answers by other rules, or that this one does not stand by (any more).
  func standBy(_ gateway: String?) {
    standby.withLock { standby in
      guard standby?.gateway != gateway else { return }
      standby = gateway.map { Standby(gateway: $0, since: Date()) }
    }
  }

  private var known: Parts? { parts.withLock { $0 } }

  /// The way in which posts arrive, and since when.
  private var connection: (mode: ConnectionState.Mode, since: Date) {
    get async { await known?.connection.current ?? (.none, beganAt) }
  }

  /// The reason why nothing is answered, or `nil` if posts arrive and may be answered.
  var obstacle: Obstacle? {
    get async {
      if let standby = standby.withLock(\.self) { return .standby(standby.gateway) }
      if let obstacle = known?.store.obstacle { return .store(obstacle) }
      return await connection.mode == .none ? .notConnected : nil
    }
  }

  enum Obstacle: Sendable, Equatable, CustomStringConvertible {
    case notConnected
    case standby(String)
    /// No post may be claimed.
    case store(StoreError)

    var description: String {
      switch self {
      case .notConnected: "not ready"
      case .standby(let gateway): "not ready: standing by; \(gateway) answers by other rules"
      case .store(let error): "not ready: \(error.summary)"
      }
    }
  }

  /// The report of `/health`. Before the server was looked up, it says that the gateway is not connected.
  var health: HealthReport {
    get async {
      HealthReport(
        await connection, await rules.active, await rules.rejected, await rules.renamed,
        known?.store.condition ?? .sound, otherGatewaySeen: await known?.duplicates.lastSeen,
        standby.withLock { $0.map { ($0.gateway, $0.since) } }, mayClaim: known?.store.obstacle == nil)
    }
  }

  /// The text of `/metrics`.
  var metricsText: [UInt8] {
    get async {
      await page?.text {
        MetricsSample(
          mode: await self.connection.mode, rules: await self.rules.active.ruleSet.rules.count,
          isRefused: await self.rules.rejected != nil, isStandby: self.standby.withLock { $0 != nil },
          share: self.known?.store.share,
          load: self.known?.sessions.load ?? (sessions: 0, running: 0, waiting: 0))
      } ?? []
    }
  }
}
