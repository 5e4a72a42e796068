import CoreMetrics

extension MetricsFactory {
  func counter(_ metric: GatewayMetric, _ labels: [(String, String)] = []) -> Counter {
    Counter(label: metric.name, dimensions: labels, factory: self)
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
