import Foundation

/// PNG files of one colour.
enum SamplePNG {
  /// Returns a file that a browser can show: its size is true, and its pixels are few.
  static func of(width: Int, height: Int) -> [UInt8] {
    let row = [UInt8](repeating: 0, count: 1) + [UInt8](repeating: 0x60, count: width)
    return file(width, height, pixels: (0..<height).flatMap { _ in row })
  }

  /// Returns a file whose head claims a size, with hardly any pixels.
  static func claiming(width: Int, height: Int) -> [UInt8] { file(width, height, pixels: [0]) }

  private static func file(_ width: Int, _ height: Int, pixels: [UInt8]) -> [UInt8] {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits of grey for each pixel.
    let head = bytes(UInt32(width)) + bytes(UInt32(height)) + [8, 0, 0, 0, 0]
    return signature + chunk("IHDR", head) + chunk("IDAT", stored(pixels)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    return bytes(UInt32(content.count)) + named + bytes(checksum(named))
  }

  /// A zlib stream of one block that is not compressed (RFC 1950, RFC 1951 section 3.2.4).
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    precondition(content.count < 65_536)
    let length = UInt16(content.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in content {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return [0x78, 0x01, 1, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
      + content + bytes(b << 16 | a)
  }

  /// CRC-32 (PNG, annex D).
  private static func checksum(_ content: [UInt8]) -> UInt32 {
    ~content.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
    }
  }

  private static func bytes(_ number: UInt32) -> [UInt8] { (0..<4).reversed().map { UInt8(number >> ($0 * 8) & 0xFF) } }
}
