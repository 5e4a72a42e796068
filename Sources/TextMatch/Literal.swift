internal import CTextScan

/// A text that the scan can look for: folded, and long enough to be rare.
struct Literal: Hashable {
  let bytes: [UInt8]

  /// The fewest bytes: nearly every text contains a given single one.
  static let shortest = 2

  /// Creates a literal that the folded form of every text with `text` contains; `nil` if none is certain.
  ///
  /// With case-sensitive letters that is all of `text`; otherwise only its ASCII, since `text_fold` does not fold other
  /// letters.
  init?(in text: String, isCaseSensitive: Bool) {
    let folded = text.folded
    guard let bytes = isCaseSensitive ? folded[...] : Self.longestASCII(in: folded), bytes.count >= Self.shortest else {
      return nil
    }
    self.bytes = Array(bytes)
  }

  /// Creates the longest run of ASCII in a folded text; `nil` if it is too short.
  init?(inFolded text: UnsafeBufferPointer<UInt8>) {
    guard let bytes = Self.longestASCII(in: text), bytes.count >= Self.shortest else { return nil }
    self.bytes = Array(bytes)
  }

  private static func longestASCII<Text: Collection<UInt8>>(in text: Text) -> Text.SubSequence? {
    text.split { $0 >= 0x80 }.max { $0.count < $1.count }
  }
}

extension String {
  /// The text in UTF-8 with its ASCII letters in lower case, and with them the two scalars that fold to such letters:
  /// `ſ` (U+017F) and the Kelvin sign (U+212A).
  var folded: [UInt8] {
    withBytes { bytes in
      Array(unsafeUninitializedCapacity: bytes.count) { folded, count in
        count = text_fold(bytes.baseAddress, bytes.count, folded.baseAddress)
      }
    }
  }
}
