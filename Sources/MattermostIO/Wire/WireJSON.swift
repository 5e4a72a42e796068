internal import CSimdJSON
import Synchronization

/// A JSON value of the server, which may also be missing.
///
///     let post = WireJSON(parsing: #"{"id":"p","props":{"from_bot":"true"}}"#)
///     post?["id"].text                  // "p"
///     post?["props"]["from_bot"].flag   // true
///     post?["reply"]["id"].text         // ""
///
/// A text is validated as a whole and parsed once; its values become Swift's only when they are read. Another version of
/// the server may omit a field, send `null`, or send a number instead of a string. No post should be lost for that, so
/// reading never fails: a value of another type counts as missing.
struct WireJSON {
  private let document: Document
  private let value: csimdjson_value

  private init(_ document: Document, _ value: csimdjson_value) {
    self.document = document
    self.value = value
  }

  /// Parses a text, or returns `nil` if it is not JSON, even after `JSONScanner.repaired(_:)`.
  init?(parsing text: String) {
    var text = text
    guard let json = text.withUTF8(Self.parse) else { return nil }
    self = json
  }

  /// Parses a text in UTF-8, or returns `nil` if it is not JSON, even after `JSONScanner.repaired(_:)`.
  init?(parsing bytes: [UInt8]) {
    guard let json = bytes.withUnsafeBufferPointer(Self.parse) else { return nil }
    self = json
  }

  private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> WireJSON? {
    if let document = Document.parse(text) { return WireJSON(document, document.root) }
    guard JSONScanner.isWorthRepairing(text) else { return nil }
    let repaired = JSONScanner.repaired(Array(text)).withUnsafeBufferPointer { Document.parse($0) }
    return repaired.map { WireJSON($0, $0.root) }
  }

  /// The value of an object's first member with this key; missing if there is none, or if this is not an object.
  subscript(key: StaticString) -> WireJSON {
    WireJSON(document, read { csimdjson_member($0, key.utf8Start, key.utf8CodeUnitCount) })
  }

  var isMissing: Bool { value.document == nil }
  var isNull: Bool { read(csimdjson_is_null) }
  var isObject: Bool { read(csimdjson_is_object) }
  var isArray: Bool { read(csimdjson_is_array) }

  /// A string, or `nil` for anything else.
  var string: String? {
    read { value in
      var (text, count): (UnsafePointer<CChar>?, Int) = (nil, 0)
      return csimdjson_string(value, &text, &count) ? String(text, count) : nil
    }
  }

  /// A string, or the text of an integer or a Boolean; empty for anything else.
  var text: String {
    string ?? whole.map { String($0) } ?? boolean.map { String($0) } ?? ""
  }

  /// A number, rounded to an integer, or the integer in a string; 0 for anything else.
  var integer: Int64 {
    if let integer = exactInteger { return integer }
    if let number { return Int64(exactly: number.rounded()) ?? 0 }
    return string.flatMap { Int64($0) } ?? 0
  }

  /// A Boolean, or the Boolean in a string; `false` for anything else.
  var flag: Bool { boolean ?? (string?.lowercased() == "true") }

  /// The words of a string, separated by spaces.
  var words: [String] { text.split(separator: " ").map(String.init) }

  /// The strings of an array; empty for anything else.
  var strings: [String] { elements.compactMap(\.string) }

  /// The value that a string has as its JSON text, as many of the server's have; `nil` for anything else.
  var embedded: WireJSON? {
    read { value in
      var (text, count): (UnsafePointer<CChar>?, Int) = (nil, 0)
      guard csimdjson_string(value, &text, &count), let text else { return nil }
      return Self.parse(UnsafeRawBufferPointer(start: text, count: count).assumingMemoryBound(to: UInt8.self))
    }
  }

  private var exactInteger: Int64? {
    read { value in
      var integer: Int64 = 0
      return csimdjson_integer(value, &integer) ? integer : nil
    }
  }

  private var number: Double? {
    read { value in
      var number = 0.0
      return csimdjson_number(value, &number) ? number : nil
    }
  }

  /// An integer, however it is written, such as `1e3`.
  private var whole: Int64? { exactInteger ?? number.flatMap { Int64(exactly: $0) } }

  private var boolean: Bool? {
    read { value in
      var boolean = false
      return csimdjson_boolean(value, &boolean) ? boolean : nil
    }
  }

  /// Calls a function of simdjson while the document exists.
  private func read<Result>(_ body: (csimdjson_value) -> Result) -> Result {
    withExtendedLifetime(document) { body(value) }
  }
}

// MARK: Arrays and objects

extension WireJSON {
  /// The elements of an array; none for anything else.
  var elements: Elements { Elements(document: document, cursor: read(csimdjson_elements)) }

  /// The members of an object; none for anything else.
  var members: Members { Members(document: document, cursor: read(csimdjson_members)) }

  struct Elements: Sequence, IteratorProtocol {
    fileprivate let document: Document
    fileprivate var cursor: csimdjson_cursor

    mutating func next() -> WireJSON? {
      var element = csimdjson_value()
      let hasNext = withExtendedLifetime(document) { csimdjson_next_element(&cursor, &element) }
      return hasNext ? WireJSON(document, element) : nil
    }
  }

  struct Members: Sequence, IteratorProtocol {
    fileprivate let document: Document
    fileprivate var cursor: csimdjson_cursor

    mutating func next() -> (key: String, value: WireJSON)? {
      withExtendedLifetime(document) {
        var (key, count): (UnsafePointer<CChar>?, Int) = (nil, 0)
        var value = csimdjson_value()
        guard csimdjson_next_member(&cursor, &key, &count, &value) else { return nil }
        return (String(key, count), WireJSON(document, value))
      }
    }
  }
}

extension String {
  fileprivate init(_ text: UnsafePointer<CChar>?, _ count: Int) {
    self.init(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
  }
}

// MARK: Types

/// A type whose values the server sends as JSON.
protocol WireDecodable {
  /// Creates the value, or returns `nil` if the JSON is of another type.
  init?(_ json: WireJSON)
}

extension String: WireDecodable {
  init?(_ json: WireJSON) {
    guard let string = json.string else { return nil }
    self = string
  }
}

extension Array: WireDecodable where Element: WireDecodable {
  /// Creates an array, or returns `nil` if one of the elements is of another type.
  init?(_ json: WireJSON) {
    guard json.isArray else { return nil }
    self.init()
    for element in json.elements {
      guard let element = Element(element) else { return nil }
      append(element)
    }
  }
}

// MARK: Documents

/// A parsed text, in the memory of a parser that is used for other texts when no value refers to it any more.
private final class Document {
  private static let idle = Mutex<[Parser]>([])

  /// A parser of simdjson, which only one document at a time has.
  private struct Parser: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let parser: Parser
  let root: csimdjson_value

  private init(_ parser: Parser, _ root: csimdjson_value) {
    self.parser = parser
    self.root = root
  }

  /// Parses a text in UTF-8, or returns `nil` if simdjson does not accept it.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Document? {
    guard let parser = idle.withLock({ $0.popLast() }) ?? csimdjson_new().map(Parser.init) else { return nil }
    var root = csimdjson_value()
    guard csimdjson_parse(parser.pointer, text.baseAddress, text.count, &root) else {
      release(parser)
      return nil
    }
    return Document(parser, root)
  }

  deinit { Self.release(parser) }

  private static func release(_ parser: Parser) {
    let isKept =
      csimdjson_capacity(parser.pointer) <= Limits.jsonParserBytesKept
      && idle.withLock { idle in
        guard idle.count < Limits.jsonParsersKept else { return false }
        idle.append(parser)
        return true
      }
    if !isKept { csimdjson_delete(parser.pointer) }
  }
}
