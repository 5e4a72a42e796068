extension String {
  /// The text as Mattermost can store it: without control characters other than tabs and newlines. CR LF, CR, NEL, VT
  /// and FF become newlines.
  ///
  /// PostgreSQL rejects U+0000, so a post with it would be refused on every attempt, and SQLite truncates the text
  /// there.
  package var postable: String {
    guard unicodeScalars.contains(where: \.isUnpostable) else { return self }
    var text = String.UnicodeScalarView()
    text.reserveCapacity(unicodeScalars.count)
    var followsReturn = false
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where followsReturn: break
      case "\r", "\u{0B}", "\u{0C}", "\u{85}": text.append("\n")
      default: if !scalar.isUnpostable { text.append(scalar) }
      }
      followsReturn = scalar == "\r"
    }
    return String(text)
  }

  /// True if nothing of the text is visible: it has only white space, control characters, and characters that are not
  /// displayed, such as zero-width joiners, byte order marks and variation selectors. The empty text is invisible.
  package var isInvisible: Bool { unicodeScalars.allSatisfy(\.isInvisible) }
}

extension Unicode.Scalar {
  fileprivate var isUnpostable: Bool {
    self != "\t" && self != "\n" && (value < 0x20 || (0x7F...0x9F).contains(value))
  }

  fileprivate var isInvisible: Bool {
    switch value {
    case 0x21...0x7E: false
    // Interlinear annotation characters, and the braille pattern without dots.
    case ...0x20, 0x7F...0x9F, 0xFFF9...0xFFFB, 0x2800: true
    default: properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
  }
}
