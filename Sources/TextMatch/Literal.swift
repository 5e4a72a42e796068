internal import CTextScan

/// A stretch of text that the scan can look for: folded, and long enough to be rare.
struct Literal: Hashable {
  let bytes: [UInt8]

  /// The fewest bytes: a single one stands in nearly every text.
  static let shortest = 2

  /// What stands in the folded form of every text that holds `text`; nil where nothing of it is sure.
  ///
  /// With case-sensitive letters that is all of it. Without, only its ASCII is sure: of other letters, folding does not
  /// know the forms.
  init?(in text: String, isCaseSensitive: Bool) {
    let folded = text.folded
    guard let bytes = isCaseSensitive ? folded[...] : Self.longestASCII(in: folded), bytes.count >= Self.shortest else {
      return nil
    }
    self.bytes = Array(bytes)
  }

  /// The longest stretch of ASCII in a folded text; nil where it is too short.
  init?(inFolded text: UnsafeBufferPointer<UInt8>) {
    guard let bytes = Self.longestASCII(in: text), bytes.count >= Self.shortest else { return nil }
    self.bytes = Array(bytes)
  }

  private static func longestASCII<Text: Collection<UInt8>>(in text: Text) -> Text.SubSequence? {
    text.split { $0 >= 0x80 }.max { $0.count < $1.count }
  }
}

extension String {
  /// The text in UTF-8 with its ASCII letters in lower case, and with them the two scalars that fold to such letters: `ſ`
  /// (U+017F) and the Kelvin sign (U+212A).
  var folded: [UInt8] {
    withBytes { bytes in
      Array(unsafeUninitializedCapacity: bytes.count) { folded, count in
        count = text_fold(bytes.baseAddress, bytes.count, folded.baseAddress)
      }
    }
  }
}
