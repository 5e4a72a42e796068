/// One thing to look for in a text.
package struct TextPattern: Sendable, Hashable {
  /// How the text is meant.
  package var kind: Kind
  /// What to look for, or the regular expression.
  package var text: String
  /// Whether upper and lower case differ.
  package var isCaseSensitive: Bool

  /// How a pattern's text is meant.
  package enum Kind: Sendable {
    /// It stands anywhere.
    case contains
    /// It stands anywhere as a word of its own: `isWordEdge` says where words begin and end.
    case word
    /// The text begins with it.
    case startsWith
    /// The text ends with it.
    case endsWith
    /// The text is it.
    case equals
    /// It is a regular expression in RE2's syntax (<https://github.com/google/re2/wiki/Syntax>), found anywhere; `\w`, `\d`
    /// and `\s` know every script, `\b` ASCII only.
    case expression
  }

  /// States a pattern.
  package init(_ kind: Kind, _ text: String, isCaseSensitive: Bool = false) {
    self.kind = kind
    self.text = text
    self.isCaseSensitive = isCaseSensitive
  }

  /// The pattern as a regular expression.
  var expression: String {
    switch kind {
    case .contains, .word: escaped
    case .startsWith: #"\A"# + escaped
    case .endsWith: escaped + #"\z"#
    case .equals: #"\A"# + escaped + #"\z"#
    case .expression: text
    }
  }

  /// The text with every character that could mean something written by its number.
  private var escaped: String {
    text.unicodeScalars.map { scalar in
      let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      return isPlain ? String(scalar) : "\\x{" + String(scalar.value, radix: 16) + "}"
    }.joined()
  }
}
