/// A JSON value as chat endpoints write it, which is not always RFC 8259: a number may be `NaN`, and a string may end
/// with one half of a surrogate pair whose other half comes with the next event.
enum LenientJSON: Equatable {
  /// `null`, `NaN`, `Infinity`, and values that are nested too deep.
  case null
  case bool(Bool)
  case number(Double)
  case text(UTF16String)
  case list([LenientJSON])
  case map([String: LenientJSON])
}

/// A string as UTF-16 code units, which need not form complete surrogate pairs.
struct UTF16String: Equatable {
  var units: [UInt16] = []

  init(_ units: [UInt16]) { self.units = units }

  init(_ text: String) { units = Array(text.utf16) }

  /// The text, with U+FFFD for each incomplete surrogate pair.
  var string: String { String(decoding: units, as: UTF16.self) }
}

extension LenientJSON {
  /// The value of a map's key, or `nil` if this is not a map, or has no such key or `null` there.
  subscript(key: String) -> LenientJSON? {
    guard case .map(let members) = self, let value = members[key], value != .null else { return nil }
    return value
  }

  var map: [String: LenientJSON]? { if case .map(let members) = self { members } else { nil } }

  var list: [LenientJSON]? { if case .list(let values) = self { values } else { nil } }

  var text: UTF16String? { if case .text(let text) = self { text } else { nil } }

  /// The string, or `nil` if this is not a string or is empty.
  var nonEmptyString: String? {
    guard let string = text?.string, !string.isEmpty else { return nil }
    return string
  }

  /// The number as an integer, clamped to 64 bits, or `nil` if this is not a number.
  var int: Int? {
    guard case .number(let number) = self, !number.isNaN else { return nil }
    if number >= Double(Int.max) { return .max }
    return number <= Double(Int.min) ? .min : Int(number)
  }

  /// A string or a number as text, or `nil`: many endpoints write codes as either.
  var stringOrNumber: String? { nonEmptyString ?? int.map { "\($0)" } }
}

/// Joins strings that may be cut between the two halves of a surrogate pair.
struct SurrogateJoiner {
  /// The first half of a pair whose second half is still to come.
  private var half: UInt16?

  /// Adds a piece, and returns the text that it completes.
  mutating func add(_ piece: UTF16String) -> String {
    guard !piece.units.isEmpty else { return "" }
    var units = (half.map { [$0] } ?? []) + piece.units
    half = units.last.flatMap { UTF16.isLeadSurrogate($0) ? $0 : nil }
    if half != nil { units.removeLast() }
    return UTF16String(units).string
  }

  /// Ends the text, and returns U+FFFD if a half is left.
  mutating func end() -> String {
    defer { half = nil }
    return half.map { UTF16String([$0]).string } ?? ""
  }
}

extension LenientJSON {
  /// The text is not one JSON value.
  struct Malformed: Error {}

  /// Reads one value, which blanks and a byte order mark may surround.
  init(_ text: some StringProtocol) throws(Malformed) {
    var parser = LenientJSONParser(text)
    self = try parser.whole()
  }
}

/// Parses JSON (RFC 8259) with the additions of some endpoints: `NaN`, `Infinity` and halves of surrogate pairs.
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

  /// Skips a list or a map of any depth.
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

  /// Parses a number or a literal.
  private mutating func word() throws(LenientJSON.Malformed) -> LenientJSON {
    let start = index
    while let byte = peek, Self.isOfWord(byte) { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null", "NaN", "nan", "-NaN", "-nan", "Infinity", "-Infinity", "+Infinity", "inf", "-inf": return .null
    default:
      // `Double` would also accept `-NAN` and `-snan`.
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

  /// Parses the rest of an escape (RFC 8259, section 7); an unknown character means itself.
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

  /// Returns whether the byte may be part of a number or of a literal such as `true`.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }
}
