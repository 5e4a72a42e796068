import Synchronization

/// The metrics of one family by the values of their labels. There are only so many: beyond, values that come from
/// outside become `other`.
final class SeriesOfFamily: Sendable {
  let family: MetricFamily
  private let setsMax: Int
  private let series = Mutex<[[String]: any Series]>([:])

  init(_ family: MetricFamily) {
    self.family = family
    setsMax = max(1, Limits.familyLinesMax / family.linesPerSet)
  }

  /// Returns the metric of a set of label values, always the same one.
  ///
  /// - Parameter dimensions: names and values, in any order. Names that the family does not have are ignored; a missing
  ///   one has an empty value.
  func series(_ dimensions: [(String, String)]) -> any Series {
    let values = family.labels.map { label in
      let value = dimensions.first { $0.0 == label.name }?.1 ?? ""
      return String(String.UnicodeScalarView(value.unicodeScalars.prefix(Limits.labelScalarsMax)))
    }
    return series.withLock { series in
      if let known = series[values] { return known }
      var values = values
      if series.count >= setsMax {
        values = zip(family.labels, values).map { label, value in label.values == nil ? "other" : value }
        if let known = series[values] { return known }
      }
      let new = family.kind.series
      series[values] = new
      return new
    }
  }

  /// Writes the family, unless it has no metric yet.
  func write(to text: inout ExpositionText) {
    let sets = series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    guard !sets.isEmpty else { return }
    text.begin(family)
    let names = family.labels.map(\.name)
    for (values, series) in sets { series.write(family.name, Array(zip(names, values)), to: &text) }
  }
}

extension MetricFamily.Kind {
  fileprivate var series: any Series {
    switch self {
    case .counter: CounterSeries()
    case .gauge: GaugeSeries()
    case .histogram(let buckets): HistogramSeries(bounds: buckets)
    }
  }
}
