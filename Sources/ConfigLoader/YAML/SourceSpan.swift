/// A place in a text.
package struct SourcePosition: Sendable, Hashable, Comparable {
  // Every value of a file has two of these, and no file has four billion lines.
  private var lineNumber: UInt32
  private var columnNumber: UInt32

  /// Names a place.
  package init(line: Int, column: Int) {
    lineNumber = UInt32(clamping: line)
    columnNumber = UInt32(clamping: column)
  }

  /// The line, from 1.
  package var line: Int {
    get { Int(lineNumber) }
    set { lineNumber = UInt32(clamping: newValue) }
  }
  /// The column in Unicode scalars, from 1.
  package var column: Int {
    get { Int(columnNumber) }
    set { columnNumber = UInt32(clamping: newValue) }
  }

  /// Whether a place stands before another in the text.
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A stretch of a text.
package struct SourceSpan: Sendable, Hashable {
  /// Where it begins.
  package var start: SourcePosition
  /// The place after its last character.
  package var end: SourcePosition

  /// Names a stretch.
  package init(start: SourcePosition, end: SourcePosition) {
    self.start = start
    self.end = end
  }

  /// A single place.
  init(at place: SourcePosition) { self.init(start: place, end: place) }

  /// The beginning of the text.
  static let fileStart = SourceSpan(at: SourcePosition(line: 1, column: 1))
}
