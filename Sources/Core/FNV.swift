/// The 64-bit FNV-1a hash of texts, the same in every process: where no attacker gains by choosing them.
package struct FNV: Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package mutating func mix(_ text: String) {
    // Each text is ended by a byte that UTF-8 does not have.
    for byte in text.utf8 { mix(byte) }
    mix(0xFF)
  }

  private mutating func mix(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }
}
