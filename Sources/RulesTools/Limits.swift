/// The limits of reports and pictures.
enum Limits {
  /// Columns of a report's lines: those of a terminal.
  static let columnsMax = 80

  /// Rules of an explanation or a failing test that are shown without `--all`; of a longer file, the number of rules
  /// that came near.
  static let triedRulesMax = 24
  static let nearRulesMax = 8

  /// Names and values of a line before the rest is counted.
  static let expectedShownMax = 6

  /// Unicode scalars of an event's text in an explanation.
  static let explainedTextMax = 300

  /// Names in a line of an agent's reach; the JSON form lists all.
  static let reachNamesMax = 12

  /// Notes on the earlier rules that together match all messages of a later one.
  static let shadowingRulesMax = 4

  /// Rules of a picture by its format: a browser scrolls through two thousand rows; Graphviz takes seconds for a
  /// thousand.
  static let svgRowsMax = 2_000
  static let dotRowsMax = 500

  /// Names in a cell of a picture before the rest is counted.
  static let graphNamesMax = 4
}
