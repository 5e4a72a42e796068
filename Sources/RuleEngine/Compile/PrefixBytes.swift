/// The bytes with which a command can begin: most texts are no command, and their first byte says so.
struct PrefixBytes {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// The byte with which the full-width forms of ASCII's marks begin.
  static let fullWidth: UInt8 = 0xEF

  init(_ prefixes: [String]) {
    let first = prefixes.compactMap(\.utf8.first)
    for byte in first.isEmpty ? [] : first + [Self.fullWidth] {
      let bit: UInt64 = 1 << UInt64(byte % 64)
      switch byte / 64 {
      case 0: bits.0 |= bit
      case 1: bits.1 |= bit
      case 2: bits.2 |= bit
      default: bits.3 |= bit
      }
    }
  }

  /// Whether a text begins as a command may.
  func mayBegin(_ text: String) -> Bool {
    guard let byte = text.utf8.first else { return false }
    let word =
      switch byte / 64 {
      case 0: bits.0
      case 1: bits.1
      case 2: bits.2
      default: bits.3
      }
    return word >> UInt64(byte % 64) & 1 != 0
  }
}
