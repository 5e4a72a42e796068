/// Bounds of what a comparison says, so that it stays readable.
enum Limits {
  /// Unicode scalars of a file's own text that a sentence quotes: a terminal's line.
  static let quotedScalarsMax = 60

  /// Names that a sentence lists before it counts the rest.
  static let namesShownMax = 6
}
