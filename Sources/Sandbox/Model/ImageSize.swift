import FoundationEssentials

/// The size of an image in pixels, read from its head without decoding it.
struct ImageSize: Sendable, Equatable {
  let width: Int
  let height: Int

  /// Returns the size of a PNG, GIF or JPEG, or `nil` for any other content.
  init?(_ content: Data) {
    let head = [UInt8](content.prefix(Limits.imageHeadBytesMax))
    guard let size = Self.png(head) ?? Self.gif(head) ?? Self.jpeg(head), size.0 > 0, size.1 > 0 else { return nil }
    (width, height) = size
  }

  /// The chunk `IHDR` comes first (PNG, section 5.6).
  private static func png(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    return (number(bytes[16..<20]), number(bytes[20..<24]))
  }

  /// The logical screen follows the signature, lower byte first (GIF89a, section 18).
  private static func gif(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 10, bytes.starts(with: Array("GIF8".utf8)) else { return nil }
    return (number(bytes[6..<8].reversed()), number(bytes[8..<10].reversed()))
  }

  /// The size is in the first frame header, after other segments (ITU T.81, annex B).
  private static func jpeg(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
    var at = 2
    while at + 9 <= bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      // C4, C8 and CC are no frame headers.
      if (0xC0...0xCF).contains(marker), marker & 3 != 0 || marker == 0xC0 {
        return (number(bytes[(at + 7)..<(at + 9)]), number(bytes[(at + 5)..<(at + 7)]))
      }
      at += 2 + max(2, number(bytes[(at + 2)..<(at + 4)]))
    }
    return nil
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
