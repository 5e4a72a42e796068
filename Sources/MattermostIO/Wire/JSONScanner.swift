/// Scans the strings, numbers and brackets of a JSON text, and validates nothing else. It takes apart, or repairs, what
/// simdjson rejects as a whole.
struct JSONScanner {
  private let bytes: [UInt8]
  private var index = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns a text in which nothing but a fault of its structure is left to reject.
  ///
  /// Arrays and objects that are nested deeper than `depthMax` become `null`, and so do numbers that are malformed or too
  /// large. In strings, U+FFFD replaces what is not UTF-8, control characters,
  /// halves of surrogate pairs, and the backslash of an unknown escape. A byte order mark and commas before a closing
  /// bracket are removed. No server is known to send any of it but deep nesting; a post that contains it must not be lost.
  static func repaired(_ bytes: [UInt8], depthMax: Int = Limits.jsonDepthMax) -> [UInt8] {
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var scanner = JSONScanner(Array(String(decoding: bytes.dropFirst(isMarked ? 3 : 0), as: UTF8.self).utf8))
    var (repaired, depth) = ([UInt8](), 0)
    repaired.reserveCapacity(scanner.bytes.count)
    while let byte = scanner.peek {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if depth < depthMax {
          depth += 1
          repaired.append(byte)
          scanner.index += 1
        } else {
          repaired += Array("null".utf8)
          guard scanner.skipValue() else { return bytes }
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        if let last = repaired.lastIndex(where: { !isSpace($0) }), repaired[last] == UInt8(ascii: ",") {
          repaired.remove(at: last)
        }
        repaired.append(byte)
        scanner.index += 1
      case UInt8(ascii: "\""): scanner.copyString(to: &repaired)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let number = scanner.number()
        repaired += isReadable(number) ? Array(number) : Array("null".utf8)
      default:
        repaired.append(byte)
        scanner.index += 1
      }
    }
    return repaired
  }

  /// Returns the keys of an object and the texts of their values, or `nil` if it is not an object or incomplete.
  static func members(of bytes: [UInt8]) -> [(key: String, value: [UInt8])]? {
    var scanner = JSONScanner(bytes)
    var members: [(key: String, value: [UInt8])] = []
    guard scanner.skip(UInt8(ascii: "{")) else { return nil }
    if scanner.skip(UInt8(ascii: "}")) { return members }
    repeat {
      scanner.skipSpace()
      let start = scanner.index
      guard scanner.peek == UInt8(ascii: "\""), scanner.skipString() else { return nil }
      let key = String(decoding: bytes[(start + 1)..<(scanner.index - 1)], as: UTF8.self)
      guard scanner.skip(UInt8(ascii: ":")) else { return nil }
      scanner.skipSpace()
      let value = scanner.index
      guard scanner.skipValue() else { return nil }
      members.append((key, Array(bytes[value..<scanner.index])))
    } while scanner.skip(UInt8(ascii: ","))
    return scanner.skip(UInt8(ascii: "}")) ? members : nil
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private mutating func skipSpace() {
    while let byte = peek, Self.isSpace(byte) { index += 1 }
  }

  /// Skips white space and then a byte, or returns `false` if another byte follows.
  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    index += 1
    return true
  }

  /// Skips the string that starts here, or returns `false` if it does not end.
  private mutating func skipString() -> Bool {
    index += 1
    while let byte = peek {
      index += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    return false
  }

  /// Skips the value that starts here, or returns `false` if it does not end.
  private mutating func skipValue() -> Bool {
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""): guard skipString() else { return false }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        index += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        // The end of the object or array that a number or a literal is in.
        if depth == 0 { return true }
        depth -= 1
        index += 1
        if depth == 0 { return true }
        continue
      case UInt8(ascii: ",") where depth == 0: return true
      default: index += 1
      }
      if depth == 0, byte == UInt8(ascii: "\"") { return true }
    }
    return depth == 0
  }

  /// Returns the characters of numbers that follow here, and skips them.
  private mutating func number() -> ArraySlice<UInt8> {
    let start = index
    while let byte = peek, "+-.eE0123456789".utf8.contains(byte) { index += 1 }
    return bytes[start..<index]
  }

  /// Returns whether simdjson reads a number: it is one of RFC 8259, section 6, and fits into 64 bits or a finite double.
  private static func isReadable(_ number: ArraySlice<UInt8>) -> Bool {
    var rest = number
    func skip(_ bytes: String) -> Bool {
      guard let first = rest.first, bytes.utf8.contains(first) else { return false }
      rest.removeFirst()
      return true
    }
    func skipDigits() -> Bool {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest.removeFirst(count)
      return count > 0
    }
    _ = skip("-")
    guard skip("0") || skipDigits() else { return false }
    var isInteger = true
    if skip(".") {
      isInteger = false
      guard skipDigits() else { return false }
    }
    if skip("eE") {
      isInteger = false
      _ = skip("+-")
      guard skipDigits() else { return false }
    }
    guard rest.isEmpty else { return false }
    let text = String(decoding: number, as: UTF8.self)
    return isInteger ? Int64(text) != nil || UInt64(text) != nil : Double(text)?.isFinite ?? false
  }

  /// Returns whether a text may be JSON with a fault: a proxy's page is not worth a repair, however long it is.
  static func isWorthRepairing(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let isMarked = text.starts(with: [0xEF, 0xBB, 0xBF])
    guard let first = text.dropFirst(isMarked ? 3 : 0).first(where: { !isSpace($0) }) else { return false }
    return "{[\"".utf8.contains(first)
  }

  /// Copies the string that starts here, with U+FFFD instead of what a string must not contain.
  private mutating func copyString(to copy: inout [UInt8]) {
    let replacement = Array(#"\ufffd"#.utf8)
    copy.append(UInt8(ascii: "\""))
    index += 1
    while let byte = peek {
      switch byte {
      case 0x00..<0x20:
        copy += replacement
        index += 1
      case UInt8(ascii: "\\"):
        let escape = escape
        copy += escape.isAllowed ? Array(bytes[index..<index + escape.length]) : replacement
        index += escape.length
      default:
        copy.append(byte)
        index += 1
        if byte == UInt8(ascii: "\"") { return }
      }
    }
  }

  /// The length of the escape that starts here, both halves of a surrogate pair together, and whether RFC 8259, section
  /// 7, allows it and Unicode the character. An unknown escape is the backslash alone.
  private var escape: (length: Int, isAllowed: Bool) {
    let rest = bytes[index...].dropFirst()
    switch rest.first {
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(at: index) else { return (1, false) }
      guard UTF16.isSurrogate(unit) else { return (6, true) }
      let isPair = UTF16.isLeadSurrogate(unit) && codeUnit(at: index + 6).map(UTF16.isTrailSurrogate) == true
      return isPair ? (12, true) : (6, false)
    case let next?: return #""\/bfnrt"#.utf8.contains(next) ? (2, true) : (1, false)
    case nil: return (1, false)
    }
  }

  /// Returns the UTF-16 code unit that is escaped here, or `nil` if none is.
  private func codeUnit(at index: Int) -> UInt16? {
    let escape = bytes.dropFirst(index).prefix(6)
    let digits = String(decoding: escape.dropFirst(2), as: UTF8.self)
    guard escape.count == 6, escape.starts(with: #"\u"#.utf8), digits.allSatisfy(\.isHexDigit) else { return nil }
    return UInt16(digits, radix: 16)
  }
}
