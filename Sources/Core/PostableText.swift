extension String {
  /// The text as Mattermost can store it: without control characters other than tabs and newlines. The line breaks of
  /// other systems (CR LF, CR, NEL, VT, FF) become newlines. Nothing else changes.
  ///
  /// PostgreSQL takes no U+0000: a post with one is refused however often it is sent, and SQLite cuts the text off there.
  package var postable: String {
    guard unicodeScalars.contains(where: \.isUnpostable) else { return self }
    var text = String.UnicodeScalarView()
    text.reserveCapacity(unicodeScalars.count)
    var isBehindReturn = false
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where isBehindReturn: break
      case "\r", "\u{0B}", "\u{0C}", "\u{85}": text.append("\n")
      default: if !scalar.isUnpostable { text.append(scalar) }
      }
      isBehindReturn = scalar == "\r"
    }
    return String(text)
  }

  /// Whether people see nothing of it: it has only spaces, control characters, and characters that are not displayed, such
  /// as zero-width joiners, byte order marks and variation selectors. True for the empty text.
  package var isInvisible: Bool { unicodeScalars.allSatisfy(\.isInvisible) }
}

extension Unicode.Scalar {
  fileprivate var isUnpostable: Bool {
    self != "\t" && self != "\n" && (value < 0x20 || (0x7F...0x9F).contains(value))
  }

  fileprivate var isInvisible: Bool {
    switch value {
    case 0x21...0x7E: false
    // Marks around annotations, and a braille pattern without dots.
    case ...0x20, 0x7F...0x9F, 0xFFF9...0xFFFB, 0x2800: true
    default: properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
  }
}
