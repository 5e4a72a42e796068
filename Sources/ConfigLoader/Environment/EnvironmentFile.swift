/// A `.env` file: a `KEY=VALUE` a line in the syntax of a shell, without expansions and commands.
struct EnvironmentFile {
  private(set) var variables: [String: String] = [:]
  private(set) var locations: [String: SettingsProblem.Location] = [:]
  private(set) var problems: [SettingsProblem] = []
  private let path: String

  /// Reads the file at a path. A missing file is empty.
  static func read(_ path: String) -> Self {
    var empty = EnvironmentFile(path: path)
    do throws(FileProblem) {
      let (bytes, mode) = try FileBytes.read(path, max: Limits.environmentBytesMax + 1)
      var file = EnvironmentFile(path: path, bytes: bytes)
      // It contains the token, which is enough to post as the bot.
      if mode & 0o077 != 0 { file.add(.open(mode: mode)) }
      // Its folder is edgecrab's own, which is checked as a whole.
      for unsafe in UnsafePath.all(ofFile: path) {
        if case .owner = unsafe.reason, !unsafe.isFolder { file.add(.unsafe(unsafe)) }
      }
      return file
    } catch .missing {
    } catch {
      empty.add(.unreadable(error))
    }
    return empty
  }

  private init(path: String) { self.path = path }

  /// Parses the bytes of a file.
  init(path: String, bytes: [UInt8]) {
    self.init(path: path)
    if bytes.count > Limits.environmentBytesMax {
      add(.tooLarge)
      return
    }
    let source = SourceText(file: path, bytes: bytes)
    guard String(validating: source.bytes, as: UTF8.self) != nil else {
      let valid = source.bytes.prefix(source.bytes.validUTF8Count)
      let position = valid.endPosition
      add(.notUTF8, line: position.line, position.column)
      return
    }
    for number in 1...max(1, source.lineCount) {
      var line = EnvironmentLine(source.line(number))
      do throws(EnvironmentLine.Problem) {
        guard let (key, value) = try line.assignment() else { continue }
        if let first = locations[key.name] { add(.setTwice(key.name, firstLine: first.line), line: number, key.column) }
        variables[key.name] = value
        locations[key.name] = SettingsProblem.Location(file: path, line: number, column: key.column)
      } catch {
        add(.line(error), line: number, line.column)
      }
    }
  }

  private mutating func add(_ reason: SettingsProblem.Reason, line: Int = 0, _ column: Int = 0) {
    problems.append(SettingsProblem(reason, SettingsProblem.Location(file: path, line: line, column: column)))
  }
}

/// Parses a line of a `.env` file: empty, a comment, or `[export ]KEY=VALUE`.
struct EnvironmentLine {
  private let letters: [Unicode.Scalar]
  private var index = 0
  /// The written value with its quotes, after `assignment()`.
  private var valueRange = 0..<0

  init(_ text: String) { letters = Array(text.unicodeScalars) }

  /// A syntax error. It never contains the value.
  enum Problem: Error, Equatable {
    case noName, noEqualsSign, spaceAtEqualsSign, unclosedQuote, textAfterQuote, controlCharacter
  }

  /// The current column, from 1: that of the error after a throw.
  var column: Int { index + 1 }

  /// Returns the key and its value, or `nil` for a line without an assignment.
  mutating func assignment() throws(Problem) -> (key: (name: String, column: Int), value: String)? {
    skipSpaces()
    guard let first, first != "#" else { return nil }
    if letters[index...].starts(with: "export ".unicodeScalars) {
      index += "export ".count
      skipSpaces()
    }
    let start = index
    let name = take { $0 != "=" && $0 != " " && $0 != "\t" && $0 != "#" }
    guard Variable.isName(name) else {
      index = start
      throw .noName
    }
    if self.first == " " || self.first == "\t" {
      let space = index
      skipSpaces()
      let isAssignment = self.first == "="
      index = space
      throw isAssignment ? .spaceAtEqualsSign : .noEqualsSign
    }
    guard self.first == "=" else { throw .noEqualsSign }
    index += 1
    let valueStart = index
    let value = try value()
    valueRange = valueStart..<max(valueStart, valueEnd)
    return ((name, start + 1), value)
  }

  /// Returns the line with another value of its variable: what stands before it and a comment after it stay.
  ///
  /// - Returns: `nil` if the line is no valid assignment.
  static func text(_ text: String, setting value: String) -> String? {
    var line = EnvironmentLine(text)
    guard (try? line.assignment()) != nil else { return nil }
    let rest = String(line.letters[line.valueRange.upperBound...])
    // Without a space, the comment would be a part of the new value.
    let space = rest.hasPrefix("#") ? " " : ""
    return String(line.letters[..<line.valueRange.lowerBound]) + written(value) + space + rest
  }

  /// Returns a value as it is written after `NAME=`: in quotes unless it has none but harmless characters, so that
  /// shells read the same value.
  static func written(_ value: String) -> String {
    if value.wholeMatch(of: /[A-Za-z0-9_.\/:@%+,=-]*/) != nil { return value }
    if !value.contains("'") { return "'\(value)'" }
    let escapes = Dictionary(uniqueKeysWithValues: escapes.map { ($1, $0) })
    return "\"" + value.unicodeScalars.map { escapes[$0].map { "\\\($0)" } ?? String($0) }.joined() + "\""
  }

  /// The end of what has been read, without spaces before a comment.
  private var valueEnd: Int {
    var end = index
    while end > 0, letters[end - 1] == " " || letters[end - 1] == "\t" { end -= 1 }
    return end
  }

  private mutating func value() throws(Problem) -> String {
    switch first {
    case nil, "#": return ""
    case "'": return try quoted(by: "'")
    case "\"": return try quoted(by: "\"")
    case " ", "\t":
      skipSpaces()
      guard first == nil || first == "#" else {
        index -= 1
        throw .spaceAtEqualsSign
      }
      return ""
    default: return try plain()
    }
  }

  /// Parses up to the end of the line, or to a comment after a space.
  private mutating func plain() throws(Problem) -> String {
    var value = String.UnicodeScalarView()
    while let letter = first {
      if letter == "#", letters[index - 1] == " " || letters[index - 1] == "\t" { break }
      if letter.isControl { throw .controlCharacter }
      value.append(letter)
      index += 1
    }
    while value.last == " " || value.last == "\t" { value.removeLast() }
    return String(value)
  }

  /// Parses a quoted value. Only double quotes have escapes: `\n`, `\r`, `\t`, and `\` before `"`, `\`, `$` and a
  /// backtick.
  private mutating func quoted(by quote: Unicode.Scalar) throws(Problem) -> String {
    let start = index
    index += 1
    var value = String.UnicodeScalarView()
    while let letter = first, letter != quote {
      if letter.isControl { throw .controlCharacter }
      index += 1
      if letter == "\\", quote == "\"", let next = first, let meant = Self.escapes[next] {
        value.append(meant)
        index += 1
      } else {
        value.append(letter)
      }
    }
    guard first == quote else {
      index = start
      throw .unclosedQuote
    }
    index += 1
    let end = index
    skipSpaces()
    guard first == nil || (first == "#" && index > end) else { throw .textAfterQuote }
    return String(value)
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "r": "\r", "t": "\t", "\"": "\"", "\\": "\\", "$": "$", "`": "`",
  ]

  private var first: Unicode.Scalar? { index < letters.count ? letters[index] : nil }

  private mutating func skipSpaces() {
    while first == " " || first == "\t" { index += 1 }
  }

  private mutating func take(while isPart: (Unicode.Scalar) -> Bool) -> String {
    var text = String.UnicodeScalarView()
    while let letter = first, isPart(letter) {
      text.append(letter)
      index += 1
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control && self != "\t" }
}

extension String {
  fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) { self.init(String.UnicodeScalarView(scalars)) }
}
