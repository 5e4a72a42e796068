package import CoreMetrics

/// A backend of swift-metrics that Prometheus can scrape.
///
/// It knows its families beforehand. Instruments of other names, and of other kinds than their family's, record nothing.
/// A metric that was made once stays: one that vanishes and comes back would look like a restart.
package final class PrometheusRegistry: MetricsFactory {
  private let families: [SeriesOfFamily]
  private let familiesByName: [String: SeriesOfFamily]

  /// - Parameter families: in the order in which they are written; their names differ.
  package init(_ families: [MetricFamily]) {
    self.families = families.map(SeriesOfFamily.init)
    familiesByName = Dictionary(self.families.map { ($0.family.name, $0) }) { first, _ in first }
  }

  /// The value of all metrics in the text format 0.0.4, in UTF-8.
  ///
  /// See <https://prometheus.io/docs/instrumenting/exposition_formats/>.
  package var text: [UInt8] {
    var text = ExpositionText()
    for family in families { family.write(to: &text) }
    return text.bytes
  }

  /// The media type of `text`.
  package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, as: CounterSeries.self) ?? NOOPMetricsHandler.instance
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(label, dimensions, as: CounterSeries.self) ?? NOOPMetricsHandler.instance
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, as: GaugeSeries.self) ?? NOOPMetricsHandler.instance
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate { return series(label, dimensions, as: HistogramSeries.self) ?? NOOPMetricsHandler.instance }
    return series(label, dimensions, as: GaugeSeries.self) ?? NOOPMetricsHandler.instance
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, as: HistogramSeries.self) ?? NOOPMetricsHandler.instance
  }

  private func series<Found: Series>(_ name: String, _ dimensions: [(String, String)], as type: Found.Type) -> Found? {
    familiesByName[name]?.series(dimensions) as? Found
  }

  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
