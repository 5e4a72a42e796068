internal import CTextScan

/// Returns whether a scalar belongs to a word: a letter, a mark on one, a digit, or `_`, of any script.
func isWordScalar(_ value: UInt32) -> Bool {
  guard let scalar = Unicode.Scalar(value) else { return false }
  if scalar.isASCII { return scalar == "_" || ("a"..."z" ~= scalar) || ("A"..."Z" ~= scalar) || ("0"..."9" ~= scalar) }
  return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || isMark(scalar)
}

/// Returns whether a match ends, or with `isEnd` false begins, at the edge of a word.
///
/// An edge is beside any scalar that belongs to no word; and, since Chinese, Japanese, Thai, Lao, Khmer and Burmese put
/// no spaces between words, beside each of their letters (not digits) that can begin or end a word (Unicode's line
/// breaking algorithm, UAX #14: classes ID and SA break, NS and CJ do not begin a line, digits are of class NU).
///
/// - Parameters:
///   - outside: the scalar beside the text.
///   - inside: the first or last one of the text.
func isWordEdge(outside: UInt32, inside: UInt32, isEnd: Bool) -> Bool {
  if !isWordScalar(outside) { return true }
  // All scripts before U+0E01 put spaces between words.
  if outside < 0xE01, inside < 0xE01 { return false }
  let (before, after) = isEnd ? (inside, outside) : (outside, inside)
  if clingsToLast(after) || clingsToNext(before) { return false }
  return isUnspaced(outside) || isUnspaced(inside)
}

/// Returns whether a scalar is a mark on the letter before it. A variation selector for emoji is not.
private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0xFE00...0xFE0F, 0x20E3, 0xE0100...0xE01EF: return false
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .spacingMark: return true
  default: return false
  }
}

/// Returns whether a scalar is a letter of a script that puts no space between words. A decimal digit is not: digits
/// form one number, which is a word of its own next to letters.
private func isUnspaced(_ value: UInt32) -> Bool {
  switch value {
  // Thai and Lao, Burmese, Khmer, Tai Le to Tai Tham, Myanmar Extended and Tai Viet: line breaking class SA.
  case 0xE01...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1950...0x1AAF, 0xA9E0...0xA9FF, 0xAA60...0xAADF:
    Unicode.Scalar(value)?.properties.generalCategory != .decimalNumber
  // Radicals, kana, bopomofo, ideographs, Yi, and their full-width and half-width forms: class ID.
  case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3021...0x312F, 0x31A0...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xF900...0xFAFF, 0xFF66...0xFF9F, 0x1B000...0x1B16F, 0x20000...0x3FFFD:
    true
  default: false
  }
}

/// Returns whether a scalar cannot begin a word: it lengthens, repeats or marks the one before it.
private func clingsToLast(_ value: UInt32) -> Bool {
  switch value {
  // Small kana, the marks of length and of repetition: line breaking classes CJ and NS.
  case 0x3005, 0x303B, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E, 0x3095,
    0x3096, 0x309D, 0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5,
    0x30F6, 0x30FC...0x30FE, 0x31F0...0x31FF, 0xFF67...0xFF70, 0xFF9E, 0xFF9F:
    return true
  // Thai and Lao vowels after their consonant, and the marks of repetition.
  case 0xE30, 0xE32, 0xE33, 0xE45, 0xE46, 0xEB0, 0xEB2, 0xEB3, 0xEC6: return true
  default: break
  }
  return Unicode.Scalar(value).map(isMark) ?? false
}

/// Returns whether a scalar cannot end a word: vowels that are written before the consonant after which they are
/// spoken.
private func clingsToNext(_ value: UInt32) -> Bool {
  switch value {
  case 0xE40...0xE44, 0xEC0...0xEC4, 0x19B5...0x19B7, 0x19BA, 0xAAB5, 0xAAB6, 0xAAB9, 0xAABB, 0xAABC: true
  default: false
  }
}

extension Expression {
  /// Returns whether it is found in a text as a word of its own.
  func isFoundAsWord(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while let range = range(in: text, from: start) {
      let standsAlone = text_stands_alone(text.baseAddress, text.count, range.lowerBound, range.upperBound) {
        isWordEdge(outside: $0, inside: $1, isEnd: $2)
      }
      if standsAlone { return true }
      // On to the next scalar.
      start = range.lowerBound + 1
      while start < text.count, UTF8.isContinuation(text[start]) { start += 1 }
    }
    return false
  }
}
