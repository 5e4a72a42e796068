extension Collection where Element == UInt8 {
  /// How many bytes from the beginning are UTF-8: all of them, where the text is valid.
  var validUTF8Count: Int {
    var parser = Unicode.UTF8.ForwardParser()
    var bytes = makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &bytes) { count += scalar.count }
    return count
  }

  /// The place after these bytes of UTF-8, in a text that begins with them.
  var endPosition: SourcePosition {
    var place = SourcePosition(line: 1, column: 1)
    var previous: Unicode.Scalar?
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": place = SourcePosition(line: place.line + 1, column: 1)
      default: place.column += 1
      }
      previous = scalar
    }
    return place
  }
}
