/// The limits of input. Input beyond a limit is a diagnostic, never a crash or a hang.
enum Limits {
  /// Symbolic links of a path: the kernel follows no more (path_resolution(7)).
  static let linksMax = 40

  /// Bytes of a rules file: 37,000 rules of 200 bytes, or 100,000 of one short line, which take a third of a second and
  /// 140 MB. The worst measured file of this size, half a million unknown keys, took three seconds.
  static let fileBytesMax = 8 * 1024 * 1024

  /// Nesting of lists and maps. A usual file needs eight; libyaml's time grows with the square of the depth.
  static let nestingMax = 64

  /// Nesting of the keys that are added to a request's body: the deepest of an API is the schema of a tool, about
  /// eight.
  static let bodyNestingMax = 32

  /// Values of a file and bytes of its scalars, with aliases expanded. Ten thousand rules have about 170,000 values; an
  /// alias bomb has billions.
  static let nodesMax = 1_000_000
  static let scalarBytesMax = 32 * 1024 * 1024

  /// Names of expanded groups: ten thousand rules for a group of four hundred.
  static let groupNamesMax = 4_000_000

  /// Bytes of expanded variables. A file can use one variable many times.
  static let variableBytesMax = 8 * 1024 * 1024

  /// Different regular expressions of a file. Each takes about half a millisecond to compile, with `\w` about three.
  static let expressionsMax = 10_000

  /// The product of rules and tests of a file. Ten thousand rules with five thousand tests take seconds, for which the
  /// gateway waits at start-up.
  static let rulesAskedByTestsMax = 50_000_000

  /// Lines that begin with `%`. One is useful (`%YAML 1.2`); libyaml compares every new one with all before it.
  static let directivesMax = 16

  /// Stored diagnostics of a file.
  static let diagnosticsMax = 1_000

  /// Diagnostics of one scalar: the search for each span reads the scalar again.
  static let diagnosticsPerScalarMax = 10

  /// Diagnostics of a report: more scroll out of view.
  static let diagnosticsShownMax = 50

  /// Columns of a shown source line: those of a terminal without the indentation.
  static let shownColumnsMax = 76

  /// Distance of tab stops in a shown source line.
  static let tabColumns = 4

  /// Unicode scalars of quoted text in a message.
  static let quotedScalarsMax = 60

  /// Suggestions of a file, twice the number of shown diagnostics, and the names that each compares.
  static let suggestionsMax = 100
  static let suggestionNamesMax = 1_000

  /// Bytes of a search text: the limit of the matcher.
  static let patternBytesMax = 4_096

  /// Bytes of a `.env` file. It usually has three lines.
  static let environmentBytesMax = 64 * 1024

  /// Bytes of a file with one secret. Tokens that are signed documents have a few thousand; a much larger file is
  /// another one.
  static let secretBytesMax = 16 * 1024

  /// The years for which the rule of a time zone is expanded, two changes a year: those of possible events, and the
  /// year before, whose last change still applies.
  static let zoneYears = 1969...2100

  /// Bytes of a compiled time zone. The largest has 4 KB.
  static let zoneFileBytesMax = 64 * 1024

  /// Bytes and parts of a time zone's name: `America/Argentina/ComodRivadavia` is among the longest.
  static let zoneNameBytesMax = 64
  static let zoneNamePartsMax = 3

  /// Time zones for suggestions. There are six hundred.
  static let zonesMax = 2_000

  /// The interval of checks of a watched file without a notification.
  static let lookInterval: Duration = .seconds(5)

  /// The time without changes after which a changed file counts as complete, since programs write in several steps; and
  /// the number of checks after which it counts in any case, since it may change forever.
  static let restInterval: Duration = .milliseconds(100)
  static let restLooksMax = 20

  /// Bytes of the first line of the last good rules: a path of at most 4,096 bytes, each escaped.
  static let headingBytesMax = 32 * 1024

  /// Bytes of an event line: the texts of a post and of its attachments have at most about 100 KiB.
  static let eventLineBytesMax = 1024 * 1024

  /// Bytes of an event file: ten million events.
  static let eventFileBytesMax: Int64 = 4 << 30

  /// Bytes of an event file that are read in one call.
  static let eventChunkBytes = 256 * 1024

  /// Columns of a written rules file. A longer list has a line for each value.
  static let writtenColumnsMax = 80

  /// Expected values in a sentence before the rest is counted.
  static let expectedShownMax = 6

  /// Unicode scalars of a name in an outcome, which is a part of a line.
  static let outcomeNameScalarsMax = 40

  /// Lines above a YAML error that are searched for lookalike characters.
  static let oddMarkLinesMax = 50

  /// Characters of a line that are searched for lookalike characters.
  static let oddMarkScalarsMax = 1_000

  /// Bytes of a line that is searched for accidental comments: the time grows with the texts on it.
  static let commentedLineBytesMax = 1_000

  /// Characters of a value that a help repeats: a longer one would hide the rest of the sentence.
  static let repeatedScalarsMax = 100
}
