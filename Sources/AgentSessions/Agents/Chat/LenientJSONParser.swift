extension LenientJSON {
  /// The bytes were not one JSON value.
  struct Malformed: Error {}

  /// Reads one value, with blanks and a byte order mark around it.
  init(_ text: some StringProtocol) throws(Malformed) {
    var parser = LenientJSONParser(text)
    self = try parser.whole()
  }
}

/// Reads JSON (RFC 8259), and beyond it what some endpoints write: `NaN` and `Infinity`, and halves of surrogate pairs.
private struct LenientJSONParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  mutating func whole() throws(LenientJSON.Malformed) -> LenientJSON {
    if bytes.starts(with: EventStreamParser.byteOrderMark) { index = EventStreamParser.byteOrderMark.count }
    let value = try value(depth: 0)
    skipBlanks()
    guard index == bytes.count else { throw LenientJSON.Malformed() }
    return value
  }

  private mutating func value(depth: Int) throws(LenientJSON.Malformed) -> LenientJSON {
    skipBlanks()
    switch peek {
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < Limits.jsonNestingMax else {
        try skipContainer()
        return .null
      }
      return peek == UInt8(ascii: "{") ? try map(depth: depth) : try list(depth: depth)
    default: return try word()
    }
  }

  private mutating func map(depth: Int) throws(LenientJSON.Malformed) -> LenientJSON {
    var members: [String: LenientJSON] = [:]
    index += 1
    if takes("}") { return .map(members) }
    repeat {
      skipBlanks()
      let key = try text().string
      guard takes(":") else { throw LenientJSON.Malformed() }
      members[key] = try value(depth: depth + 1)
    } while takes(",")
    guard takes("}") else { throw LenientJSON.Malformed() }
    return .map(members)
  }

  private mutating func list(depth: Int) throws(LenientJSON.Malformed) -> LenientJSON {
    var values: [LenientJSON] = []
    index += 1
    if takes("]") { return .list(values) }
    repeat { values.append(try value(depth: depth + 1)) } while takes(",")
    guard takes("]") else { throw LenientJSON.Malformed() }
    return .list(values)
  }

  /// Passes over a list or a map, however deep it is nested: only its texts are looked at, for where they end.
  private mutating func skipContainer() throws(LenientJSON.Malformed) {
    var depth = 0
    repeat {
      switch peek {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        _ = try text()
        continue
      case nil: throw LenientJSON.Malformed()
      default: break
      }
      index += 1
    } while depth > 0
  }

  /// A number, or one of the words.
  private mutating func word() throws(LenientJSON.Malformed) -> LenientJSON {
    let start = index
    while let byte = peek, Self.isOfWord(byte) { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null", "NaN", "nan", "-NaN", "-nan", "Infinity", "-Infinity", "+Infinity", "inf", "-inf": return .null
    default:
      // `Double` reads words as well, such as `-NAN` and `-snan`.
      let digits = word.utf8.first == UInt8(ascii: "-") ? word.utf8.dropFirst() : word.utf8[...]
      guard let first = digits.first, Self.isDigit(first), let number = Double(word) else {
        throw LenientJSON.Malformed()
      }
      return .number(number)
    }
  }

  private mutating func text() throws(LenientJSON.Malformed) -> UTF16String {
    guard peek == UInt8(ascii: "\"") else { throw LenientJSON.Malformed() }
    index += 1
    var units: [UInt16] = []
    while true {
      let start = index
      while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
      units += String(decoding: bytes[start..<index], as: UTF8.self).utf16
      guard let byte = peek else { throw LenientJSON.Malformed() }
      index += 1
      if byte == UInt8(ascii: "\"") { return UTF16String(units) }
      units.append(try escaped())
    }
  }

  /// What stands behind a backslash (RFC 8259, section 7); another character stands for itself.
  private mutating func escaped() throws(LenientJSON.Malformed) -> UInt16 {
    guard let byte = peek, byte < 0x80 else { throw LenientJSON.Malformed() }
    index += 1
    switch byte {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      let digits = bytes[index...].prefix(4)
      let isHex = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
      guard digits.count == 4, isHex, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
        throw LenientJSON.Malformed()
      }
      index += 4
      return unit
    default: return UInt16(byte)
    }
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// Whether the byte is one of a number or of a word such as `true`.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }
}
