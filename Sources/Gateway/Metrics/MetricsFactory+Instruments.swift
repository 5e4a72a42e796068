import CoreMetrics
import PrometheusMetrics

extension MetricsFactory {
  func counter(_ metric: GatewayMetric, _ labels: [(String, String)] = []) -> Counter {
    Counter(label: metric.name, dimensions: labels, factory: self)
  }

  /// Makes the counters of all combinations of a metric's label values, so that they are there with 0.
  func makeAllCounters(of metric: GatewayMetric) {
    let sets = metric.family.labels.reduce(into: [[]] as [[(String, String)]]) { sets, label in
      sets = sets.flatMap { set in (label.values ?? []).map { set + [(label.name, $0)] } }
    }
    for labels in sets { _ = counter(metric, labels) }
  }

  func floatingPointCounter(_ metric: GatewayMetric, _ labels: [(String, String)] = []) -> FloatingPointCounter {
    FloatingPointCounter(label: metric.name, dimensions: labels, factory: self)
  }

  func meter(_ metric: GatewayMetric, _ labels: [(String, String)] = []) -> Meter {
    Meter(label: metric.name, dimensions: labels, factory: self)
  }

  func timer(_ metric: GatewayMetric, _ labels: [(String, String)] = []) -> Timer {
    Timer(label: metric.name, dimensions: labels, factory: self)
  }
}

extension Timer {
  /// Records a duration of up to 292 years.
  func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
