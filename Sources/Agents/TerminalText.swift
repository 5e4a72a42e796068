/// The text that a program's output leaves on a terminal: without colours, links and other control sequences, and
/// without what was overwritten, for example by a progress line.
///
/// Specification: ECMA-48, and https://invisible-island.net/xterm/ctlseqs/ctlseqs.html for OSC
struct TerminalText {
  /// The effect of more output on the text so far.
  struct Change: Equatable {
    /// The number of Unicode scalars to remove from the end of the text.
    var retracted = 0
    /// The text to append then.
    var added = ""
  }

  private var parser = ControlParser()
  private var screen = Screen()

  /// Returns the text that a complete output leaves.
  static func plain(_ output: some StringProtocol) -> String {
    var text = TerminalText()
    return text.append(output).added
  }

  /// Adds output, which may begin or end within a control sequence.
  mutating func append(_ output: some StringProtocol) -> Change {
    let before = screen.rows
    for scalar in output.unicodeScalars {
      if let control = parser.parse(scalar) { screen.apply(control) }
    }
    let change = screen.change(since: before)
    screen.trim()
    return change
  }
}

/// The rows of a terminal that may still be overwritten.
private struct Screen {
  struct Row: Equatable {
    /// The cells: a scalar with its combining marks in each.
    var cells: [String] = []
    /// True if the next row continues the same line.
    var isWrapped = false

    /// The row as text, with a newline if it ends its line.
    func text(isLast: Bool) -> String { cells.joined() + (isWrapped || isLast ? "" : "\n") }
  }

  private(set) var rows = [Row()]
  private var row = 0
  private var column = 0
  /// True if the next scalar combines with the previous one.
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
    case .to(let target, let column):
      row = min(max(target, 0), rows.count - 1)
      apply(.toColumn(column))
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

  /// Returns the change from earlier rows.
  func change(since before: [Row]) -> TerminalText.Change {
    let shared = zip(before.dropLast(), rows.dropLast()).prefix { $0 == $1 }.count
    let old = Self.text(before[shared...])
    let new = Self.text(rows[shared...])
    let same = zip(old.unicodeScalars, new.unicodeScalars).prefix { $0 == $1 }.count
    return TerminalText.Change(
      retracted: old.unicodeScalars.count - same,
      added: String(String.UnicodeScalarView(new.unicodeScalars.dropFirst(same))))
  }

  /// Removes the rows that have scrolled off.
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

/// The effect of a scalar or a control sequence on a terminal. Sequences that change only colours and the like have
/// none.
private enum Control {
  /// A part of a line or of the screen, relative to the cursor.
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

/// Separates control sequences from text.
private struct ControlParser {
  private enum State {
    case text
    /// After ESC.
    case escape
    /// Within a control sequence, with its parameters so far.
    case sequence(String)
    /// Within a string that is not part of the text, such as a link's address, with its length so far.
    case string(length: Int)
  }

  private var state = State.text

  /// Parses the next scalar, and returns its effect.
  mutating func parse(_ scalar: Unicode.Scalar) -> Control? {
    switch (state, scalar.value) {
    // CAN and SUB abort any sequence. A newline within a string shows that the string was never ended.
    case (_, 0x18), (_, 0x1A): state = .text
    case (.string, 0x07), (.string, 0x9C): state = .text
    case (.string, 0x0A), (.string(Limits.terminalStringMax), _):
      state = .text
      return parse(scalar)
    case (_, 0x1B): state = .escape
    case (.string(let length), _): state = .string(length: length + 1)
    case (.escape, 0x5B): state = .sequence("")
    case (.escape, 0x50), (.escape, 0x58), (.escape, 0x5D...0x5F): state = .string(length: 0)
    // Intermediate bytes.
    case (.escape, 0x20...0x2F): break
    case (.escape, 0x30...0x7E): state = .text
    case (.escape, _):
      state = .text
      return parse(scalar)
    case (.sequence(let parameters), 0x20...0x3F):
      if parameters.utf8.count < Limits.terminalParametersMax { state = .sequence(parameters + String(scalar)) }
    case (.sequence(let parameters), 0x40...0x7E):
      state = .text
      return Self.control(scalar, parameters)
    // Control characters within a sequence take effect; anything else aborts it.
    case (.sequence, let value) where value >= 0x7F:
      state = .text
      return parse(scalar)
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
    func number(_ index: Int = 0, without fallback: Int = 1) -> Int {
      guard numbers.indices.contains(index), let number = numbers[index] else { return fallback }
      // Parameters may contain any byte before `@`, such as a sign.
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

/// Decodes UTF-8 that arrives in pieces: a character that is cut waits for its end. Invalid bytes become U+FFFD.
struct UTF8Decoder {
  private var buffer: [UInt8] = []

  /// Adds bytes, and returns the text that is complete, or `nil` if there is none.
  mutating func append(_ bytes: [UInt8]) -> String? {
    buffer += bytes
    let complete = buffer.count - Self.incompleteBytes(of: buffer)
    guard complete > 0 else { return nil }
    defer { buffer.removeFirst(complete) }
    return String(decoding: buffer[..<complete], as: UTF8.self)
  }

  /// Returns what is left at the end, or `nil` if there is nothing.
  mutating func end() -> String? {
    defer { buffer = [] }
    return buffer.isEmpty ? nil : String(decoding: buffer, as: UTF8.self)
  }

  /// The number of bytes at the end that begin an incomplete character (RFC 3629, section 3).
  private static func incompleteBytes(of bytes: [UInt8]) -> Int {
    for (back, byte) in bytes.suffix(3).reversed().enumerated() {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : byte < 0x80 ? 1 : 0
      if length == 0 { continue }
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
}
