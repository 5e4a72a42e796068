import CoreMetrics
import PrometheusMetrics
import Sessions

/// The figures that are looked up when `/metrics` is asked for.
struct MetricsSample: Sendable {
  let mode: ConnectionState.Mode
  let rules: Int
  let isRefused: Bool
  let isStandby: Bool
  let share: StoreShare?
  let load: (sessions: Int, running: Int, waiting: Int)
}

/// Makes the text of `/metrics`, at most once in `Limits.metricsTime`.
actor MetricsPage {
  private let registry: PrometheusRegistry
  private let metrics: GatewayMetrics
  private let cpu: FloatingPointCounter
  private var lastCPU = 0.0
  private var last: (text: [UInt8], at: ContinuousClock.Instant)?

  init(_ registry: PrometheusRegistry, recordedBy metrics: GatewayMetrics) {
    self.registry = registry
    self.metrics = metrics
    cpu = registry.floatingPointCounter(.cpu)
  }

  /// Returns the text with a sample, or a text that is not older than `Limits.metricsTime`.
  func text(_ sample: @Sendable () async -> MetricsSample) async -> [UInt8] {
    if let text = recentText { return text }
    let sample = await sample()
    // Another request may have come first.
    if let text = recentText { return text }
    record(sample)
    let text = registry.text
    last = (text, .now)
    return text
  }

  private var recentText: [UInt8]? {
    last.flatMap { ContinuousClock.now - $0.at < Limits.metricsTime ? $0.text : nil }
  }

  private func record(_ sample: MetricsSample) {
    for mode in ConnectionState.Mode.allCases {
      registry.meter(.connectionMode, [("mode", mode.rawValue)]).set(sample.mode == mode ? 1 : 0)
    }
    set(.standby, sample.isStandby ? 1 : 0)
    if let share = sample.share {
      set(.gateways, share.gateways)
      set(.heldSessions, share.sessions)
    }
    set(.rules, sample.rules)
    set(.rulesRefused, sample.isRefused ? 1 : 0)
    set(.sessions, sample.load.sessions)
    set(.running, sample.load.running)
    set(.waiting, sample.load.waiting)
    let outbox = metrics.outbox.status
    set(.outbox, outbox.count)
    registry.meter(.outboxAge).set(outbox.oldestAge / .seconds(1))
    guard let process = ProcessFigures.current else { return }
    cpu.increment(by: process.cpuSeconds - lastCPU)
    lastCPU = process.cpuSeconds
    set(.resident, process.residentBytes)
    set(.virtual, process.virtualBytes)
    set(.descriptors, process.descriptors)
    set(.descriptorsMax, process.descriptorsMax)
    registry.meter(.startTime).set(process.startedAt)
  }

  private func set(_ metric: GatewayMetric, _ value: Int) { registry.meter(metric).set(value) }
}
