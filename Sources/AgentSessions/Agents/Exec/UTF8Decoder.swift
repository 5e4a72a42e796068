/// Makes text of bytes that come piece by piece: a character that is cut waits for its end, what is no UTF-8 becomes
/// U+FFFD.
actor UTF8Decoder {
  private var held: [UInt8] = []

  /// Takes the next bytes, and returns what is whole by now; nil where nothing is.
  func take(_ bytes: [UInt8]) -> String? {
    held += bytes
    let whole = held.count - Self.openBytes(of: held)
    guard whole > 0 else { return nil }
    defer { held.removeFirst(whole) }
    return String(decoding: held[..<whole], as: UTF8.self)
  }

  /// What is left at the end, as far as it says anything; nil where nothing is.
  func end() -> String? {
    defer { held = [] }
    return held.isEmpty ? nil : String(decoding: held, as: UTF8.self)
  }

  /// How many bytes at the end begin a character that is not whole (RFC 3629, section 3).
  private static func openBytes(of bytes: [UInt8]) -> Int {
    for (back, byte) in bytes.suffix(3).reversed().enumerated() {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : byte < 0x80 ? 1 : 0
      if length == 0 { continue }
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
}
