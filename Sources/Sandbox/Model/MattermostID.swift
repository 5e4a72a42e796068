/// Ids of Mattermost: 16 bytes as 26 characters of zbase32.
enum MattermostID {
  static let length = 26
  private static let alphabet = Array("ybndrfg8ejkmcpqxot1uwisza345h769")

  /// Returns a random id.
  static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    return text(of: (generator.next(), generator.next()))
  }

  /// Returns an id that is always the same for a name, so that bookmarks and tests stay valid.
  static func fixed(_ name: String) -> String {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return text(of: (mix(state &+ 1), mix(state &+ 2)))
  }

  /// Returns whether `text` has the form of an id, which is all that Mattermost checks.
  static func isValid(_ text: some StringProtocol) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  private static func text(of halves: (UInt64, UInt64)) -> String {
    var bits = UInt128(halves.0) << 64 | UInt128(halves.1)
    // 128 bits fill 25 characters and three bits of the last one.
    var characters = [alphabet[Int(bits & 0b111) << 2]]
    bits >>= 3
    while characters.count < length {
      characters.append(alphabet[Int(bits & 0b11111)])
      bits >>= 5
    }
    return String(characters.reversed())
  }

  /// The finalizer of SplitMix64, which makes similar numbers dissimilar.
  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
