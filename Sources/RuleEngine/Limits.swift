/// What this room does at most, and why.
enum Limits {
  /// Changed events that the search for the nearest miss tries. Ten thousand rules need about a hundred thousand; each
  /// takes about a microsecond.
  static let nearestMissEventsMax = 200_000

  /// Facts that a nearest miss changes at most. Who would have to change three had another question.
  static let nearestMissChangesMax = 2

  /// Nearest misses that are kept: more are no answer to "what should I have done?".
  static let nearestMissesMax = 3

  /// Of the names or texts of one condition, how many are tried: the others would do as well.
  static let alternativesTriedMax = 3

  /// Unicode scalars of a file's own text that a sentence quotes: a terminal's line.
  static let quotedScalarsMax = 60

  /// Names that a sentence lists before it counts the rest.
  static let namesShownMax = 6
}
