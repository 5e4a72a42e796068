/// Bounds of the analysis of rules, and the reasons for them.
enum Limits {
  /// Changed events that the search for the nearest miss tries. Ten thousand rules need about a hundred thousand; each
  /// takes about a microsecond.
  static let nearestMissEventsMax = 200_000

  /// Facts that a nearest miss changes at most. A message that differs in three facts is a different question.
  static let nearestMissChangesMax = 2

  /// Nearest misses that are reported: more do not help a user.
  static let nearestMissesMax = 3

  /// The names or texts of one condition that are tried: the others would do as well.
  static let alternativesTriedMax = 3

  /// Unicode scalars of a file's own text that a sentence quotes: a terminal's line.
  static let quotedScalarsMax = 60

  /// The characters that are shown of the part in which two long texts are equal: a word or two, enough to find the
  /// passage.
  static let sharedCharactersShown = 16

  /// Names that a sentence lists before it counts the rest.
  static let namesShownMax = 6

  /// The most steps of the analysis of a file, and of one of its rules; a step is the evaluation of an atom, a rule or
  /// a minute. Ten thousand rules need about two million, and ten million take a second or two.
  static let analysisStepsMax = 10_000_000
  static let analysisStepsPerRuleMax = 500_000

  /// Steps for the names, kinds and triggers by which an agent is reached, and for the rules that mask some of it.
  static let reachStepsMax = 5_000_000

  /// Routes to an agent that lead over a command under a rule: a file can have as many as rules times commands, and no
  /// person reads more.
  static let commandRoutesMax = 10_000

  /// Pairs of a rule and a command that are tested for a route to an agent; each takes some microseconds, and with
  /// thousands of rules a millisecond.
  static let commandTriesMax = 50_000

  /// Nested disjunctions that the analysis tries. Each needs space on the stack.
  static let analysisDepthMax = 200

  /// Rules that together mask another, which are reduced to those that are needed: the work grows with the square.
  static let maskingRulesReducedMax = 100
}
