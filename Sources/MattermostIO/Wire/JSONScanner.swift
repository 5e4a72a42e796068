/// Goes over a JSON text without reading its values: for what the decoder refuses as a whole. It checks nothing but strings and
/// brackets.
struct JSONScanner {
  private let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text with `null` for every list and map that lies deeper than `depthMax`, or `nil` if none does.
  static func shallow(_ bytes: [UInt8], depthMax: Int = Limits.jsonDepthMax) -> [UInt8]? {
    var scan = JSONScanner(bytes)
    var (shallow, copied, depth) = ([UInt8](), 0, 0)
    while let byte = scan.peek {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if depth < depthMax {
          depth += 1
          scan.place += 1
        } else {
          shallow += bytes[copied..<scan.place] + Array("null".utf8)
          guard scan.skipValue() else { return nil }
          copied = scan.place
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        scan.place += 1
      case UInt8(ascii: "\""): guard scan.skipString() else { return nil }
      default: scan.place += 1
      }
    }
    return copied == 0 ? nil : shallow + bytes[copied...]
  }

  /// The keys of a map and the texts of their values, or `nil` if it is no map or does not end.
  static func members(of bytes: [UInt8]) -> [(key: String, value: [UInt8])]? {
    var scan = JSONScanner(bytes)
    var members: [(key: String, value: [UInt8])] = []
    guard scan.take(UInt8(ascii: "{")) else { return nil }
    if scan.take(UInt8(ascii: "}")) { return members }
    repeat {
      scan.skipSpace()
      let start = scan.place
      guard scan.peek == UInt8(ascii: "\""), scan.skipString() else { return nil }
      let key = String(decoding: bytes[(start + 1)..<(scan.place - 1)], as: UTF8.self)
      guard scan.take(UInt8(ascii: ":")) else { return nil }
      scan.skipSpace()
      let value = scan.place
      guard scan.skipValue() else { return nil }
      members.append((key, Array(bytes[value..<scan.place])))
    } while scan.take(UInt8(ascii: ","))
    return scan.take(UInt8(ascii: "}")) ? members : nil
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    place += 1
    return true
  }

  /// Goes behind the string that begins here; false if it does not end.
  private mutating func skipString() -> Bool {
    place += 1
    while let byte = peek {
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    return false
  }

  /// Goes behind the value that begins here; false if it does not end.
  private mutating func skipValue() -> Bool {
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""): guard skipString() else { return false }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        place += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        // Behind a number or a word.
        if depth == 0 { return true }
        depth -= 1
        place += 1
        if depth == 0 { return true }
        continue
      case UInt8(ascii: ",") where depth == 0: return true
      default: place += 1
      }
      if depth == 0, byte == UInt8(ascii: "\"") { return true }
    }
    return depth == 0
  }
}
