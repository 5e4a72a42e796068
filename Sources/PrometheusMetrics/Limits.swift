/// Bounds of the metrics, each with its reason.
enum Limits {
  /// Lines of one family in the text format: a scrape stays below a few megabytes, and Prometheus keeps each line as a
  /// time series. Label values beyond it become `other`.
  static let familyLinesMax = 1_000

  /// Unicode scalars of a label value: the names of rules and agents are shorter.
  static let labelScalarsMax = 128
}
