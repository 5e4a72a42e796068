/// Reads a JSON text (RFC 8259).
///
/// With Foundation's, decoding a frame of the event socket takes twice as long, most of it for what nobody asks for.
struct JSONReader {
  /// The text is no JSON, or is nested deeper than anything that Mattermost sends.
  struct Fault: Error {}

  private let bytes: [UInt8]
  private var place = 0

  /// The value that a text says.
  static func read(_ bytes: [UInt8]) throws(Fault) -> JSONTree {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.place == bytes.count else { throw Fault() }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(depth: Int) throws(Fault) -> JSONTree {
    guard depth < Limits.nestingMax else { throw Fault() }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .list(try elements(depth: depth))
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func members(depth: Int) throws(Fault) -> [JSONTree.Member] {
    var members: [JSONTree.Member] = []
    place += 1
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw Fault() }
      let key = try text()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw Fault() }
      members.append(JSONTree.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw Fault() }
    return members
  }

  private mutating func elements(depth: Int) throws(Fault) -> [JSONTree] {
    var elements: [JSONTree] = []
    place += 1
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw Fault() }
    return elements
  }

  private mutating func number() throws(Fault) -> String {
    let start = place
    while let byte = next, isOfNumber(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard Double(text) != nil, bytes[start] != UInt8(ascii: "+"), bytes[start] != UInt8(ascii: ".") else {
      throw Fault()
    }
    return text
  }

  private func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONTree) throws(Fault) -> JSONTree {
    let length = word.utf8CodeUnitCount
    guard bytes.count - place >= length,
      word.withUTF8Buffer({ $0.elementsEqual(bytes[place..<place + length]) })
    else { throw Fault() }
    place += length
    return value
  }

  // MARK: Texts

  private mutating func text() throws(Fault) -> String {
    place += 1
    let start = place
    // Most texts are what they look like.
    skipPlain()
    if take(UInt8(ascii: "\"")) { return String(decoding: bytes[start..<place - 1], as: UTF8.self) }
    var text = Array(bytes[start..<place])
    while !take(UInt8(ascii: "\"")) {
      guard take(UInt8(ascii: "\\")) else { throw Fault() }
      try escape(into: &text)
      let run = place
      skipPlain()
      text += bytes[run..<place]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Goes on to a quotation mark, a backslash or a byte that may not stand in a text.
  private mutating func skipPlain() {
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
  }

  private mutating func escape(into text: inout [UInt8]) throws(Fault) {
    guard let byte = next else { throw Fault() }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += UTF8.encode(try scalar()).map { Array($0) } ?? []
    default: throw Fault()
    }
  }

  /// The scalar of a `\u`, or of two that are one; half of such a pair alone is a replacement character.
  private mutating func scalar() throws(Fault) -> Unicode.Scalar {
    let first = try codeUnit()
    guard UTF16.isLeadSurrogate(first), next == UInt8(ascii: "\\"), place + 1 < bytes.count,
      bytes[place + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    let before = place
    place += 2
    let second = try codeUnit()
    guard UTF16.isTrailSurrogate(second) else {
      place = before
      return "\u{FFFD}"
    }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func codeUnit() throws(Fault) -> UInt16 {
    guard bytes.count - place >= 4 else { throw Fault() }
    var unit: UInt16 = 0
    for byte in bytes[place..<place + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Fault() }
      unit = unit << 4 | UInt16(digit)
    }
    place += 4
    return unit
  }

  // MARK: Bytes

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }
}
