/// The bounds of values that cross targets, each with its reason.
enum Limits {
  /// Pairs of lines that all searches of a diff compare together, as of two texts of 1,000 lines that have nothing in
  /// common: some milliseconds, and 16 MB. Time and memory of a search grow with the square of its lines (E. W. Myers,
  /// An O(ND) Difference Algorithm). Lines beyond it count as changed.
  static let diffComparisonsMax = 4_000_000

  /// Characters of a word that may be a key; shorter ones are not redacted.
  static let keyLengthMin = 8

  /// Most JSON texts, such as the lines of the journal, have fewer bytes: a buffer of this size seldom grows.
  static let jsonBytesUsual = 1_024
}
