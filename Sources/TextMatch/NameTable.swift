#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Names as numbers: each name of a fixed list has its index in it.
///
/// Names are compared byte by byte, and hashed faster than by `Dictionary`, which also guards against keys chosen to
/// collide: the author of the rules chooses these.
package final class NameTable: Sendable {
  /// The number of a name that is not in the list.
  package static let unknown = UInt32.max

  // All of it is written in init and only read afterwards.
  private nonisolated(unsafe) let bytes: UnsafePointer<UInt8>
  private nonisolated(unsafe) let starts: UnsafePointer<UInt32>
  /// The number of each name at its hash or after it; `unknown` elsewhere. At least half of the slots are empty.
  private nonisolated(unsafe) let slots: UnsafePointer<UInt32>
  private let mask: Int
  private let isEmpty: Bool

  /// Creates a table of a list without repetitions, of fewer than `unknown` bytes.
  package init(_ names: [String]) {
    var bytes: [UInt8] = []
    var starts: [UInt32] = [0]
    for name in names {
      bytes += name.utf8
      starts.append(UInt32(bytes.count))
    }
    var capacity = 2
    while capacity < names.count * 2 { capacity *= 2 }
    var slots = [UInt32](repeating: Self.unknown, count: capacity)
    for number in names.indices {
      let hash = bytes[Int(starts[number])..<Int(starts[number + 1])].withUnsafeBufferPointer(Self.hash)
      var slot = hash & (capacity - 1)
      while slots[slot] != Self.unknown { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = UInt32(number)
    }
    isEmpty = names.isEmpty
    (self.bytes, self.starts, self.slots, mask) = (kept(bytes), kept(starts), kept(slots), capacity - 1)
  }

  deinit {
    bytes.deallocate()
    starts.deallocate()
    slots.deallocate()
  }

  /// A name's number, or `unknown`.
  package func number(of name: String) -> UInt32 {
    if isEmpty { return Self.unknown }
    return name.withBytes { number($0) }
  }

  /// The number of a name in lower case, whose ASCII letters may be in upper case here; or `unknown`.
  package func number(ofLowercasing name: Substring) -> UInt32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.utf8.count) { lower in
      var index = 0
      for byte in name.utf8 {
        lower[index] = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
        index += 1
      }
      return number(UnsafeBufferPointer(lower))
    }
  }

  private func number(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var slot = Self.hash(name) & mask
    while true {
      let number = slots[slot]
      if number == Self.unknown { return number }
      let (start, end) = (Int(starts[Int(number)]), Int(starts[Int(number) + 1]))
      if end - start == name.count, name.baseAddress.map({ memcmp(bytes + start, $0, name.count) == 0 }) ?? true {
        return number
      }
      slot = (slot + 1) & mask
    }
  }

  /// Eight bytes at a time, each step one multiplication: ids are 26 bytes long.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash = UInt64(name.count)
    let bytes = UnsafeRawBufferPointer(name)
    var index = 0
    while index + 8 <= bytes.count {
      hash = (hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      index += 8
    }
    if index < bytes.count {
      // The last eight bytes, which may overlap those already read; fewer if the name is shorter.
      let rest =
        bytes.count >= 8
        ? bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        : bytes.reduce(0) { $0 << 8 | UInt64($1) }
      hash = (hash ^ rest) &* 0x9E37_79B9_7F4A_7C15
    }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
