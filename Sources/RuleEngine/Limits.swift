/// What this room does at most, and why.
enum Limits {
  /// Unicode scalars of a file's own text that a sentence quotes: a terminal's line.
  static let quotedScalarsMax = 60

  /// Names that a sentence lists before it counts the rest.
  static let namesShownMax = 6

  /// Steps that the analysis of a file takes, and of one of its rules: a look at a statement, a rule or a minute. Ten
  /// thousand rules need about two million, and ten million take a second or two.
  static let analysisStepsMax = 10_000_000
  static let analysisStepsPerRuleMax = 500_000

  /// Steps for the names, kinds and triggers by which an agent is reached, and for the rules that take some of it.
  static let reachStepsMax = 5_000_000

  /// Disjunctions inside of each other that the analysis tries. Each takes room on the stack.
  static let analysisDepthMax = 200

  /// Rules that together take another, of which it is tried which are needed: the work grows with the square.
  static let takersThinnedMax = 100
}
