/// Bounds of the rule engine.
enum Limits {
  /// Unicode scalars of a file's own text that a sentence quotes: a terminal's line.
  static let quotedScalarsMax = 60
}
