/// Rewrites a regular expression whose `\w`, `\d` and `\s` cover every script to RE2's syntax, in which they cover
/// ASCII only.
///
/// `\w` is a letter, a mark on one, a number or a connector like `_`; `\d` a decimal digit; `\s` white space. `\W`,
/// `\D`, `\S` and, in a class, `[:word:]`, `[:digit:]` and `[:space:]` follow. The text grows by a factor of eighty at
/// most.
struct UnicodeClasses {
  /// The expression in RE2's syntax.
  let text: String

  init(in expression: String) {
    guard Self.mayOccur(in: expression) else {
      text = expression
      return
    }
    var written = String.UnicodeScalarView()
    var rest = expression.unicodeScalars[...]
    while let next = rest.popFirst() {
      if next == "[" {
        written.append(next)
        Self.copyClass(from: &rest, to: &written)
      } else if next == "\\", let name = rest.popFirst() {
        if name == "Q" {
          written.append(contentsOf: #"\Q"#.unicodeScalars)
          Self.copyQuoted(from: &rest, to: &written)
        } else {
          written.append(contentsOf: Self.outside(name).unicodeScalars)
        }
      } else {
        written.append(next)
      }
    }
    text = String(written)
  }

  /// Returns whether an expression may contain such a class: the escapes of most expressions are others, like `\b`.
  private static func mayOccur(in expression: String) -> Bool {
    expression.withBytes { bytes in
      zip(bytes, bytes.dropFirst()).contains { first, second in
        switch (first, second) {
        case (UInt8(ascii: "["), UInt8(ascii: ":")): true
        case (UInt8(ascii: "\\"), _): "wWdDsS".utf8.contains(second)
        default: false
        }
      }
    }
  }

  /// Copies a text between `\Q` and `\E`, which has no special characters.
  private static func copyQuoted(
    from rest: inout Substring.UnicodeScalarView, to written: inout String.UnicodeScalarView
  ) {
    while let next = rest.popFirst() {
      written.append(next)
      guard next == "\\", rest.first == "E", let end = rest.popFirst() else { continue }
      written.append(end)
      return
    }
  }

  /// Copies a class. A `]` at its beginning is one of its characters.
  private static func copyClass(
    from rest: inout Substring.UnicodeScalarView, to written: inout String.UnicodeScalarView
  ) {
    if rest.first == "^", let caret = rest.popFirst() { written.append(caret) }
    if rest.first == "]", let bracket = rest.popFirst() { written.append(bracket) }
    while let next = rest.popFirst() {
      if next == "]" {
        written.append(next)
        return
      }
      if next == "\\", let name = rest.popFirst() {
        written.append(contentsOf: inside(name).unicodeScalars)
      } else if next == "[", let (name, end) = posixName(rest) {
        written.append(contentsOf: posix(name).unicodeScalars)
        rest = rest[end...]
      } else {
        written.append(next)
      }
    }
  }

  /// Returns the name of a class like `[:word:]`, after its first `[`, and the index after the class.
  private static func posixName(_ rest: Substring.UnicodeScalarView) -> (String, String.Index)? {
    guard rest.first == ":" else { return nil }
    // The longest name is `[:^xdigit:]`.
    let name = rest.dropFirst().prefix(8).prefix { $0 == "^" || ("a"..."z").contains($0) }
    let end = rest[name.endIndex...].prefix(2)
    return String(end) == ":]" ? (String(name), end.endIndex) : nil
  }

  private static func outside(_ name: Unicode.Scalar) -> String {
    switch name {
    case "w": "[\(word)]"
    case "W": "[^\(word)]"
    case "d": #"\p{Nd}"#
    case "D": #"\P{Nd}"#
    case "s": "[\(space)]"
    case "S": "[^\(space)]"
    default: "\\" + String(name)
    }
  }

  private static func inside(_ name: Unicode.Scalar) -> String {
    switch name {
    case "w": word
    case "W": notWord
    case "d": #"\p{Nd}"#
    case "D": #"\P{Nd}"#
    case "s": space
    case "S": notSpace
    default: "\\" + String(name)
    }
  }

  private static func posix(_ name: String) -> String {
    switch name {
    case "word": word
    case "^word": notWord
    case "digit": #"\p{Nd}"#
    case "^digit": #"\P{Nd}"#
    case "space": space
    case "^space": notSpace
    default: "[:\(name):]"
    }
  }

  private static let word = #"\p{L}\p{M}\p{N}\p{Pc}"#

  /// A class cannot hold the complement of a union, so this is a union of all other categories. RE2 has no category for
  /// unassigned code points; emoji, of which each version of Unicode adds some, are named by their blocks.
  private static let notWord = #"\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{S}\p{Z}\p{C}\x{1F300}-\x{1FAFF}"#

  /// The property White_Space.
  private static let space = #"\t-\r\x{85}\p{Z}"#

  private static let notSpace =
    #"\x00-\x08\x0E-\x1F!-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}"#
    + #"\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}"#
}
