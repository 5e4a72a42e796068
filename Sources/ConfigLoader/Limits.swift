/// What this room takes in at most, and why. Outside input beyond a limit is a finding, never a crash or a hang.
enum Limits {
  /// How many symbolic links of a path are looked at: the kernel follows no more (path_resolution(7)).
  static let linksMax = 40

  /// Bytes of a rules file: 37,000 rules of 200 bytes, or 100,000 of one short line, which take a third of a second and
  /// 140 MB while they are read. The worst of this size that was tried, half a million unknown keys, took some
  /// three seconds.
  static let fileBytesMax = 8 * 1024 * 1024

  /// Lists and maps inside each other. A sane file needs eight; libyaml's cost grows with the square of the depth.
  static let nestingMax = 64

  /// Lists and maps inside each other in what is added to a request's body: the deepest that an API takes is a tool's
  /// schema, with some eight of its own.
  static let bodyNestingMax = 32

  /// Values of a file, and bytes of its scalars, aliases written out. Ten thousand rules hold about 170,000; an alias
  /// bomb holds billions.
  static let nodesMax = 1_000_000
  static let scalarBytesMax = 32 * 1024 * 1024

  /// Names that groups put into a file, each as often as it is named: ten thousand rules for a group of four hundred.
  static let groupNamesMax = 4_000_000

  /// Bytes that variables put into a file. One variable can be written as often as the file has room for.
  static let variableBytesMax = 8 * 1024 * 1024

  /// Different regular expressions of a file. Each takes about half a millisecond to check, with `\w` some three.
  static let expressionsMax = 10_000

  /// Rules that a file's tests ask, each test all of them in the worst case. Ten thousand rules with five thousand tests
  /// take seconds; the gateway waits for them when it starts.
  static let rulesAskedByTestsMax = 50_000_000

  /// Lines that begin with `%`. One is useful (`%YAML 1.2`); libyaml compares every new one with all before it.
  static let directivesMax = 16

  /// Findings that are kept. What is wrong with a file shows in the first thousand.
  static let findingsMax = 1_000

  /// Findings of one scalar: finding the place of each reads the scalar anew.
  static let findingsPerScalarMax = 10

  /// Findings that a report prints. More scroll away unread.
  static let findingsShownMax = 50

  /// Earlier rules that a finding shows, of those that together take a later one.
  static let takersShownMax = 4

  /// Names that a line about an agent's reach lists; the JSON form lists all.
  static let namesOfReachShownMax = 12

  /// Lines of two stretches of texts of which the fewest changes are looked for, which takes time that grows with the
  /// square; of more, all are shown as changed.
  static let comparedLinesMax = 2_000

  /// Columns of a laid-out line up to which a list or map stays in its brackets: a terminal's.
  static let laidOutColumnsMax = 80

  /// Columns of a shown source line, so that it and its indentation fit a terminal of 80.
  static let shownColumnsMax = 76

  /// Columns from one tab stop of a shown source line to the next.
  static let tabColumns = 4

  /// Unicode scalars of the user's text that a message quotes.
  static let quotedScalarsMax = 60

  /// Suggestions that are looked for in a file, and the names that each compares: twice the findings that are shown.
  static let suggestionsMax = 100
  static let suggestionNamesMax = 1_000

  /// Bytes of a text to look for: as many as the matcher takes.
  static let patternBytesMax = 4_096

  /// Bytes of a `.env` file. It holds three lines.
  static let environmentBytesMax = 64 * 1024

  /// The years for which the rule behind a time zone's last known change is written out, two changes a year: those of
  /// which rules may ask, and the one before them, whose last change is still in force when they begin.
  static let zoneYears = 1969...2100

  /// Bytes of a compiled time zone: the largest has 4 KB.
  static let zoneFileBytesMax = 64 * 1024

  /// Bytes and parts of a time zone's name: `America/Argentina/ComodRivadavia` is among the longest.
  static let zoneNameBytesMax = 64
  static let zoneNamePartsMax = 3

  /// Time zones among which a name like one that is not there is looked for: there are six hundred.
  static let zonesMax = 2_000

  /// How often a watched file is looked at, beside when the kernel says so.
  static let lookInterval: Duration = .seconds(5)

  /// How long a changed file must stay as it is before it is taken: programs write in several steps. After so many looks
  /// it is taken as it is: what changes for ever would else never be.
  static let restInterval: Duration = .milliseconds(100)
  static let restLooksMax = 20

  /// Bytes of the first line of the copy of the last good rules: a path of at most 4,096 bytes, each escaped.
  static let headingBytesMax = 32 * 1024

  /// Bytes of an event's line: a post's text and its attachments' are at most some 100 KiB.
  static let eventLineBytesMax = 1024 * 1024

  /// Bytes of an event file: ten million events. What is larger is no journal.
  static let eventFileBytesMax: Int64 = 4 << 30

  /// Bytes of an event file that are read at once.
  static let eventChunkBytes = 256 * 1024

  /// Columns of a written rules file, beyond which a list takes a line for each of its values.
  static let writtenColumnsMax = 80

  /// Rules of a picture, by its format. A browser scrolls through two thousand rows; Mermaid refuses more than 500
  /// arrows or 50,000 letters; Graphviz takes seconds for a thousand.
  static let svgRowsMax = 2_000
  static let mermaidRowsMax = 150
  static let dotRowsMax = 500

  /// Names that a cell of a picture lists before it counts the rest.
  static let pictureNamesMax = 4

  /// Rules that an explanation or a failing test shows without being told to show all, and of a longer file those that
  /// came near.
  static let triedShownMax = 24
  static let nearShownMax = 8

  /// Expected values that an explanation lists before it counts the rest.
  static let expectedShownMax = 6

  /// Unicode scalars of an event's text that an explanation shows.
  static let explainedTextMax = 300

  /// Unicode scalars of a name in an outcome, so that an outcome stays a part of a line.
  static let outcomeNameScalarsMax = 40

  /// Lines above a place that YAML cannot read in which marks are looked for that only look like YAML's.
  static let oddMarkLinesMax = 50

  /// Characters of a line in which marks are looked for that only look like YAML's: no line of a sane file is longer.
  static let oddMarkScalarsMax = 1_000

  /// Bytes of a line in which comments are looked for that are hardly meant: each text on it takes a look at all of it.
  static let commentedLineBytesMax = 1_000

  /// Characters of a file's value that a cure repeats: a longer one would hide the rest of the sentence.
  static let repeatedScalarsMax = 100
}
