/// A line of a `.env` file: nothing, a comment, or `[export ]KEY=VALUE`.
struct EnvironmentLine {
  private let letters: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { letters = Array(text.unicodeScalars) }

  /// What is wrong with a line. None says what its value is.
  enum Problem: Error, Equatable {
    case noName, noEqualsSign, spaceAtEqualsSign, unclosedQuote, textAfterQuote, controlCharacter
  }

  /// Where reading stands: where a problem is.
  var column: Int { index + 1 }

  /// The key and its value, or nil on a line that sets nothing.
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
    return ((name, start + 1), try value())
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

  /// Up to the end of the line, or to a comment that a space sets off.
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

  /// What stands in quotes. Only double ones know escapes: `\n`, `\r`, `\t`, and `\` before `"`, `\`, `$` and a backtick.
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
