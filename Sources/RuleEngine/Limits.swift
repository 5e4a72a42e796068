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

  /// Of what two long texts begin with alike, how much is shown: a word or two, to find the place by.
  static let sharedCharactersShown = 16

  /// Names that a sentence lists before it counts the rest.
  static let namesShownMax = 6

  /// Steps that the analysis of a file takes, and of one of its rules: a look at a statement, a rule or a minute. Ten
  /// thousand rules need about two million, and ten million take a second or two.
  static let analysisStepsMax = 10_000_000
  static let analysisStepsPerRuleMax = 500_000

  /// Steps for the names, kinds and triggers by which an agent is reached, and for the rules that take some of it.
  static let reachStepsMax = 5_000_000

  /// Ways to an agent that lead over a command under a rule: a file can have as many as rules times commands, and nobody
  /// reads more.
  static let commandWaysMax = 10_000

  /// Rules and commands of which it is tried whether the one lets the other through to an agent; each takes some
  /// microseconds, and with thousands of rules a millisecond.
  static let commandTriesMax = 50_000

  /// Disjunctions inside of each other that the analysis tries. Each takes room on the stack.
  static let analysisDepthMax = 200

  /// Rules that together take another, of which it is tried which are needed: the work grows with the square.
  static let takersThinnedMax = 100
}
