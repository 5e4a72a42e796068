/// Bounds of matching, so that no rules file can make it costly.
enum Limits {
  /// The longest pattern, in UTF-8 bytes: compiling grows with a pattern's length, and nobody reads a longer one.
  static let patternBytesMax = 4_096
}
