/// A pattern to look for in a text.
package struct TextPattern: Sendable, Hashable {
  package var kind: Kind
  /// The text to look for, or the regular expression.
  package var text: String
  /// True if upper and lower case differ.
  package var isCaseSensitive: Bool

  /// The way in which a pattern's text is compared.
  package enum Kind: Sendable {
    /// The text contains it.
    case contains
    /// The text contains it as a word of its own, between two edges as `isWordEdge` finds them.
    case word
    /// The text begins with it.
    case startsWith
    /// The text ends with it.
    case endsWith
    /// The text is equal to it.
    case equals
    /// It is a regular expression in RE2's syntax (<https://github.com/google/re2/wiki/Syntax>), found anywhere; `\w`,
    /// `\d` and `\s` cover all scripts, `\b` only ASCII.
    case expression
  }

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

  /// The text with the code point in place of every character that could have a meaning.
  private var escaped: String {
    text.unicodeScalars.map { scalar in
      let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      return isPlain ? String(scalar) : "\\x{" + String(scalar.value, radix: 16) + "}"
    }.joined()
  }
}
