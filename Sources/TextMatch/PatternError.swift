/// Why a pattern cannot be used.
public struct PatternError: Error, Sendable, Equatable {
  /// Which of the patterns, by its index.
  public var pattern: Int
  /// What is wrong with it, in a lower-case fragment.
  public var message: String
  /// Where in the pattern, as an offset in UTF-8 bytes, where that is known.
  public var offset: Int?
}
