extension StringProtocol {
  /// Returns the text with the code points of characters that are invisible or that move others, like `⟨U+202E⟩`, so
  /// that people see the text that they decide on.
  ///
  /// - Parameters:
  ///   - scalarsMax: the Unicode scalars of the returned text at most.
  ///   - keepsLines: whether line breaks (U+000A) stay.
  /// - Returns: The text, and the number of scalars of this text that it omits.
  package func escapingInvisibles(atMost scalarsMax: Int, keepsLines: Bool) -> (text: String, left: Int) {
    var shown = String.UnicodeScalarView()
    var capacity = scalarsMax
    let scalars = Substring(self).unicodeScalars
    var index = scalars.startIndex
    // By index: linear time, also for files of a megabyte.
    while index < scalars.endIndex {
      let start = index
      while index < scalars.endIndex, capacity > 0, scalars[index].isPlainASCII || keepsLines && scalars[index] == "\n"
      {
        capacity -= 1
        index = scalars.index(after: index)
      }
      shown.append(contentsOf: scalars[start..<index])
      guard index < scalars.endIndex else { break }
      let scalar = scalars[index]
      let piece = scalar.isSeen || keepsLines && scalar == "\n" ? String(scalar) : scalar.numbered
      capacity -= piece.unicodeScalars.count
      if capacity < 0 { break }
      shown.append(contentsOf: piece.unicodeScalars)
      index = scalars.index(after: index)
    }
    return (String(shown), scalars[index...].count)
  }
}

extension Unicode.Scalar {
  fileprivate var numbered: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
  }

  fileprivate var isPlainASCII: Bool { (0x20..<0x7F).contains(value) }

  /// True if it is visible and does not change the look of other characters.
  fileprivate var isSeen: Bool {
    if isASCII { return value >= 0x20 && value < 0x7F || self == "\t" }
    // The braille pattern without dots is as wide as the others and blank.
    if properties.isDefaultIgnorableCodePoint || value == 0x2800 { return false }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}

extension StringProtocol {
  /// Returns untrusted text for a log or a message: on one line, without characters that move the cursor of a terminal
  /// or change the direction of text, and of at most `scalarsMax` Unicode scalars.
  ///
  /// The limit is in scalars because one character may consist of any number of them.
  package func singleLine(atMost scalarsMax: Int) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: unicodeScalars.prefix(scalarsMax).map { $0.isPlain ? $0 : " " })
    while line.first == " " { line.removeFirst() }
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}

extension Unicode.Scalar {
  fileprivate var isPlain: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: !setsDirection
    }
  }
}
