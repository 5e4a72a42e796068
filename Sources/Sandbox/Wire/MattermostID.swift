/// Mattermost's ids: 26 characters of zbase32, made of 16 bytes.
enum MattermostID {
  static let length = 26
  private static let alphabet = Array("ybndrfg8ejkmcpqxot1uwisza345h769")

  /// A fresh one.
  static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    return text(of: (generator.next(), generator.next()))
  }

  /// Always the same one for the same name, so that what a newcomer bookmarks or a test writes down stays true.
  static func fixed(_ name: String) -> String {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return text(of: (mix(state &+ 1), mix(state &+ 2)))
  }

  /// Whether `text` has the form of an id; Mattermost looks at no more than that.
  static func isValid(_ text: some StringProtocol) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  private static func text(of halves: (UInt64, UInt64)) -> String {
    var bits = UInt128(halves.0) << 64 | UInt128(halves.1)
    // 128 bits fill 25 characters and three bits of the last, which stands at the end.
    var characters = [alphabet[Int(bits & 0b111) << 2]]
    bits >>= 3
    while characters.count < length {
      characters.append(alphabet[Int(bits & 0b11111)])
      bits >>= 5
    }
    return String(characters.reversed())
  }

  /// The finalizer of SplitMix64: neighbouring numbers come out unlike each other.
  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
