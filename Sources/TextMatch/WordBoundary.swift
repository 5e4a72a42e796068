internal import CTextScan

/// Whether a scalar belongs to a word: a letter, a digit, or `_`, of any script.
func isWordScalar(_ value: UInt32) -> Bool {
  guard let scalar = Unicode.Scalar(value) else { return false }
  if scalar.isASCII { return scalar == "_" || ("a"..."z" ~= scalar) || ("A"..."Z" ~= scalar) || ("0"..."9" ~= scalar) }
  return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
}

extension Expression {
  /// Whether it is found in a text with no letter, digit or `_` on either side.
  func isFoundAsWord(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while let range = range(in: text, from: start) {
      if text_stands_alone(text.baseAddress, text.count, range.lowerBound, range.upperBound, { isWordScalar($0) }) {
        return true
      }
      // On to the next scalar.
      start = range.lowerBound + 1
      while start < text.count, UTF8.isContinuation(text[start]) { start += 1 }
    }
    return false
  }
}
