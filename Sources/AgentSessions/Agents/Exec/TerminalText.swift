/// The text that a program's output leaves on a terminal: colours, links and other control sequences are left out, and what
/// is written over, as by a line of progress, is gone.
///
/// Specification: ECMA-48, and https://invisible-island.net/xterm/ctlseqs/ctlseqs.html for OSC
struct TerminalText {
  /// What more output does to the text so far.
  struct Change: Equatable {
    /// How many Unicode scalars at the end of the text so far are not part of it any more.
    var retracted = 0
    /// What follows then.
    var added = ""
  }

  private var parser = ControlParser()
  private var screen = Screen()

  /// Returns the text that a whole output leaves.
  static func plain(_ output: some StringProtocol) -> String {
    var text = TerminalText()
    return text.take(output).added
  }

  /// Takes more output, which may begin or end within a control sequence.
  mutating func take(_ output: some StringProtocol) -> Change {
    let before = screen.rows
    for scalar in output.unicodeScalars {
      if let control = parser.take(scalar) { screen.apply(control) }
    }
    let change = screen.change(since: before)
    screen.trim()
    return change
  }
}

/// The rows of a terminal that may still be written over.
private struct Screen {
  struct Row: Equatable {
    /// A cell holds what is shown in one column: a scalar with the marks on it.
    var cells: [String] = []
    /// Whether the next row goes on with the same line.
    var isWrapped = false

    /// The row as text; the line that it is the last row of ends behind it.
    func text(isLast: Bool) -> String { cells.joined() + (isWrapped || isLast ? "" : "\n") }
  }

  private(set) var rows = [Row()]
  private var row = 0
  private var column = 0
  /// Whether the next scalar belongs to the one before it.
  private var isJoining = false

  mutating func apply(_ control: Control) {
    switch control {
    case .show(let scalar): show(scalar)
    case .newline:
      column = 0
      nextRow()
    case .toColumn(let target): column = min(max(target, 0), Limits.terminalColumnsMax - 1)
    case .byColumns(let count): apply(.toColumn(column + count))
    case .byRows(let count): row = min(max(row + count, 0), rows.count - 1)
    case .to(let target, let place):
      row = min(max(target, 0), rows.count - 1)
      apply(.toColumn(place))
    case .eraseInLine(let part): erase(part, in: row)
    case .eraseInScreen(.toEnd):
      erase(.toEnd, in: row)
      rows.removeSubrange((row + 1)...)
    case .eraseInScreen(.toStart):
      for above in 0..<row { rows[above] = Row() }
      erase(.toStart, in: row)
    case .eraseInScreen(.all):
      rows = [Row()]
      row = 0
    }
  }

  private mutating func show(_ scalar: Unicode.Scalar) {
    let joins = isJoining || scalar.properties.isGraphemeExtend || scalar == "\u{200D}"
    isJoining = scalar == "\u{200D}"
    if joins, column > 0, rows[row].cells.count >= column {
      rows[row].cells[column - 1].unicodeScalars.append(scalar)
      return
    }
    if column >= Limits.terminalColumnsMax {
      rows[row].isWrapped = true
      column = 0
      nextRow()
    }
    let missing = column - rows[row].cells.count
    if missing > 0 { rows[row].cells += Array(repeating: " ", count: missing) }
    if column < rows[row].cells.count {
      rows[row].cells[column] = String(scalar)
    } else {
      rows[row].cells.append(String(scalar))
    }
    column += 1
  }

  private mutating func nextRow() {
    row += 1
    if row == rows.count { rows.append(Row()) }
  }

  private mutating func erase(_ part: Control.Part, in row: Int) {
    let count = rows[row].cells.count
    switch part {
    case .toEnd: rows[row].cells.removeLast(max(0, count - column))
    case .toStart: for cell in 0..<min(column + 1, count) { rows[row].cells[cell] = " " }
    case .all: rows[row].cells = []
    }
  }

  /// What has changed since the rows were others, from the first cell on that did.
  func change(since before: [Row]) -> TerminalText.Change {
    let shared = zip(before.dropLast(), rows.dropLast()).prefix { $0 == $1 }.count
    let old = Self.text(before[shared...])
    let new = Self.text(rows[shared...])
    let same = zip(old.unicodeScalars, new.unicodeScalars).prefix { $0 == $1 }.count
    return TerminalText.Change(
      retracted: old.unicodeScalars.count - same,
      added: String(String.UnicodeScalarView(new.unicodeScalars.dropFirst(same))))
  }

  /// Forgets the rows that have scrolled off.
  mutating func trim() {
    let surplus = min(rows.count - Limits.terminalRowsMax, row)
    guard surplus > 0 else { return }
    rows.removeFirst(surplus)
    row -= surplus
  }

  private static func text(_ rows: ArraySlice<Row>) -> String {
    rows.indices.map { rows[$0].text(isLast: $0 == rows.endIndex - 1) }.joined()
  }
}

/// What a scalar or a control sequence has a terminal do; whatever only changes how it looks does nothing.
private enum Control {
  /// Which part of a line or of the screen, seen from the cursor.
  enum Part { case toEnd, toStart, all }

  case show(Unicode.Scalar)
  case newline
  case toColumn(Int)
  case byColumns(Int)
  case byRows(Int)
  case to(row: Int, column: Int)
  case eraseInLine(Part)
  case eraseInScreen(Part)
}

/// Tells control sequences from text, scalar by scalar.
private struct ControlParser {
  private enum State {
    case text
    /// Behind ESC.
    case escape
    /// Within a control sequence: its parameters so far.
    case sequence(String)
    /// Within a string that says nothing of the text, such as a link's address; how long it is.
    case string(length: Int)
  }

  private var state = State.text

  /// Takes the next scalar, and returns what it does.
  mutating func take(_ scalar: Unicode.Scalar) -> Control? {
    switch (state, scalar.value) {
    // CAN and SUB end whatever has begun; an end of line in a string is no part of it: it was never ended.
    case (_, 0x18), (_, 0x1A): state = .text
    case (.string, 0x07), (.string, 0x9C): state = .text
    case (.string, 0x0A), (.string(Limits.terminalStringMax), _):
      state = .text
      return take(scalar)
    case (_, 0x1B): state = .escape
    case (.string(let length), _): state = .string(length: length + 1)
    case (.escape, 0x5B): state = .sequence("")
    case (.escape, 0x50), (.escape, 0x58), (.escape, 0x5D...0x5F): state = .string(length: 0)
    // What stands between ESC and its last byte.
    case (.escape, 0x20...0x2F): break
    case (.escape, 0x30...0x7E): state = .text
    case (.escape, _):
      state = .text
      return take(scalar)
    case (.sequence(let parameters), 0x20...0x3F):
      if parameters.utf8.count < Limits.terminalParametersMax { state = .sequence(parameters + String(scalar)) }
    case (.sequence(let parameters), 0x40...0x7E):
      state = .text
      return Self.control(scalar, parameters)
    // Controls within a sequence do what they do; anything else shows that it is none.
    case (.sequence, let value) where value >= 0x7F:
      state = .text
      return take(scalar)
    case (_, 0x9B): state = .sequence("")
    case (_, 0x90), (_, 0x98), (_, 0x9D...0x9F): state = .string(length: 0)
    default: return Self.control(scalar)
    }
    return nil
  }

  private static func control(_ scalar: Unicode.Scalar) -> Control? {
    switch scalar.value {
    case 0x08: .byColumns(-1)
    case 0x0A, 0x0B, 0x0C, 0x85: .newline
    case 0x0D: .toColumn(0)
    case 0x09, 0x20...0x7E, 0xA0...: .show(scalar)
    default: nil
    }
  }

  private static func control(_ last: Unicode.Scalar, _ parameters: String) -> Control? {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    func number(_ place: Int = 0, without fallback: Int = 1) -> Int {
      guard numbers.indices.contains(place), let number = numbers[place] else { return fallback }
      // A parameter may have a sign, as any of the bytes before `@` may stand in it.
      return min(max(number, 0), Limits.terminalColumnsMax)
    }
    let part: Control.Part =
      switch number(without: 0) {
      case 0: .toEnd
      case 1: .toStart
      default: .all
      }
    return switch last {
    case "A": .byRows(-number())
    case "B": .byRows(number())
    case "C": .byColumns(number())
    case "D": .byColumns(-number())
    case "G": .toColumn(number() - 1)
    case "H", "f": .to(row: number() - 1, column: number(1) - 1)
    case "J": .eraseInScreen(part)
    case "K": .eraseInLine(part)
    default: nil
    }
  }
}
