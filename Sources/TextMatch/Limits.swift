/// Bounds of matching, so that neither a rules file nor a text can make it costly.
enum Limits {
  /// The longest pattern, in UTF-8 bytes: compiling grows with a pattern's length, and people do not read longer ones.
  static let patternBytesMax = 4_096

  /// The memory of an expression, in bytes: a quarter for the program, the rest for the automaton that is built from it
  /// while texts are searched. One that outgrows it is searched state by state, slower but still in linear time.
  static let expressionMemory: Int64 = 1 << 20
}
