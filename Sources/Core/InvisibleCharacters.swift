extension StringProtocol {
  /// The text with each character that cannot be seen, or that moves or turns others, by its number: `⟨U+202E⟩`. What people
  /// decide on reads as what it is.
  ///
  /// - Parameters:
  ///   - scalarsMax: how many Unicode scalars the shown text has at most.
  ///   - keepsLines: whether ends of lines (U+000A) stay what they are.
  /// - Returns: the text, and how many scalars of this one are not shown.
  package func escapingInvisibles(atMost scalarsMax: Int, keepsLines: Bool) -> (text: String, left: Int) {
    var shown = String.UnicodeScalarView()
    var room = scalarsMax
    let scalars = Substring(self).unicodeScalars
    var index = scalars.startIndex
    // By index: each scalar is looked at once, also in files of a megabyte.
    while index < scalars.endIndex {
      // Most of most texts is seen as it is.
      let start = index
      while index < scalars.endIndex, room > 0, scalars[index].isPlainASCII || keepsLines && scalars[index] == "\n" {
        room -= 1
        index = scalars.index(after: index)
      }
      shown.append(contentsOf: scalars[start..<index])
      guard index < scalars.endIndex else { break }
      let scalar = scalars[index]
      let piece = scalar.isSeen || keepsLines && scalar == "\n" ? String(scalar) : scalar.numbered
      room -= piece.unicodeScalars.count
      if room < 0 { break }
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

  /// Whether people see that it is there, and nothing else of the text changes by it.
  fileprivate var isSeen: Bool {
    if isASCII { return value >= 0x20 && value < 0x7F || self == "\t" }
    // The braille pattern without dots has a width and no looks.
    if properties.isDefaultIgnorableCodePoint || value == 0x2800 { return false }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
