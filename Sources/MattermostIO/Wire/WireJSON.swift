import Core
import FoundationEssentials

/// Decodes JSON of the server. Values that are nested too deeply, as those in a post's `props` may be, are replaced by
/// `null`, because the decoder rejects the whole text for one of them.
enum WireJSON {
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    let whole = Result { try JSONDecoder().decode(type, from: Data(bytes)) }
    guard case .failure = whole, let shallow = JSONScanner.shallow(bytes) else { return try whole.get() }
    return try JSONDecoder().decode(type, from: Data(shallow))
  }
}

// MARK: Tolerant decoding

// Another version of the server may omit a field, send `null`, or send a number instead of a string. No post should be
// lost for that, so these methods never throw: a value that cannot be decoded counts as missing.
extension KeyedDecodingContainer {
  /// Returns a string, or the text of a number or a Boolean; empty for anything else.
  func text(_ key: Key) -> String {
    guard contains(key) else { return "" }
    if let text = try? decode(String.self, forKey: key) { return text }
    if let number = try? decode(Int64.self, forKey: key) { return String(number) }
    if let flag = try? decode(Bool.self, forKey: key) { return String(flag) }
    return ""
  }

  /// Returns an identifier; an empty one for anything else.
  func id<ID: ServerAssignedID>(_ key: Key) -> ID { ID(text(key)) }

  /// Returns an identifier; `nil` for an empty one and anything else.
  func optionalID<ID: ServerAssignedID>(_ key: Key) -> ID? { ID(nonEmpty: text(key)) }

  /// Returns an integer, or the integer in a string; 0 for anything else.
  func integer(_ key: Key) -> Int64 {
    if let number = try? decode(Int64.self, forKey: key) { return number }
    if let number = try? decode(Double.self, forKey: key) { return Int64(exactly: number.rounded()) ?? 0 }
    return Int64(text(key)) ?? 0
  }

  /// Returns a Boolean, or the Boolean in a string; `false` for anything else.
  func flag(_ key: Key) -> Bool {
    text(key).lowercased() == "true"
  }

  /// Returns the words of a string, separated by spaces.
  func words(_ key: Key) -> [String] {
    text(key).split(separator: " ").map(String.init)
  }

  /// Returns the strings of an array; empty for anything else.
  func texts(_ key: Key) -> [String] {
    elements(String.self, key)
  }

  /// Returns the elements of an array that can be decoded; empty for anything else.
  func elements<Element: Decodable>(_ type: Element.Type, _ key: Key) -> [Element] {
    ((try? decode([FailableDecodable<Element>].self, forKey: key)) ?? []).compactMap(\.value)
  }
}

/// A value, or `nil` if it cannot be decoded.
struct FailableDecodable<Value: Decodable>: Decodable {
  let value: Value?

  init(from decoder: any Decoder) {
    value = try? Value(from: decoder)
  }
}

// MARK: Scanning

/// Scans the strings and brackets of a JSON text, and validates nothing else. It takes apart what the decoder rejects
/// as a whole.
struct JSONScanner {
  private let bytes: [UInt8]
  private var index = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the text with `null` instead of every array and object that is nested deeper than `depthMax`, or `nil` if
  /// there is none.
  static func shallow(_ bytes: [UInt8], depthMax: Int = Limits.jsonDepthMax) -> [UInt8]? {
    var scanner = JSONScanner(bytes)
    var (shallow, copied, depth) = ([UInt8](), 0, 0)
    while let byte = scanner.peek {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if depth < depthMax {
          depth += 1
          scanner.index += 1
        } else {
          shallow += bytes[copied..<scanner.index] + Array("null".utf8)
          guard scanner.skipValue() else { return nil }
          copied = scanner.index
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        scanner.index += 1
      case UInt8(ascii: "\""): guard scanner.skipString() else { return nil }
      default: scanner.index += 1
      }
    }
    return copied == 0 ? nil : shallow + bytes[copied...]
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

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { index += 1 }
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
}
