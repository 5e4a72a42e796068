/// A JSON value. The members of an object keep their order.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  /// A number that is not an `Int`, as RFC 8259, section 6, writes it.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A member of an object.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSON

    package init(key: String, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// Returns an object of those members that have a value.
  package static func object(present members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  /// The JSON text on one line.
  package var text: String { text(indent: nil) }

  /// The JSON text with a line for each member and element, ending with a line break.
  package var lines: String { text(indent: 0) + "\n" }

  /// The value with the members of all objects sorted by key: decoded members are in no particular order.
  package var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(members.map { Member(key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  /// Returns `lines` for use inside another such text, in which the line of this value is indented by `indent` spaces;
  /// without a line break at the end.
  package func lines(indentedBy indent: Int) -> String { text(indent: indent) }

  /// Returns this object with `members` after its own, or the value itself if it is not an object.
  package func appending(_ members: KeyValuePairs<String, JSON>) -> JSON {
    appending(members.map { Member(key: $0.key, value: $0.value) })
  }

  /// Returns this object with `members` after its own, or the value itself if it is not an object.
  package func appending(_ members: [Member]) -> JSON {
    guard case .object(let own) = self else { return self }
    return .object(own + members)
  }

  private func text(indent: Int?) -> String {
    // Appending to bytes is faster than appending to a string.
    var text: [UInt8] = []
    text.reserveCapacity(Limits.jsonBytesUsual)
    write(to: &text, indent: indent)
    return String(decoding: text, as: UTF8.self)
  }

  private func write(to text: inout [UInt8], indent: Int?) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .int(let value): text += String(value).utf8
    case .number(let value): text += value.utf8
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements, between: "[", "]", to: &text, indent: indent) { element, indent, text in
        element.write(to: &text, indent: indent)
      }
    case .object(let members):
      Self.write(members, between: "{", "}", to: &text, indent: indent) { member, indent, text in
        Self.write(member.key, to: &text)
        text += (indent == nil ? ":" : ": ").utf8
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func write<Part>(
    _ parts: [Part], between opening: String, _ closing: String, to text: inout [UInt8], indent: Int?,
    _ write: (Part, Int?, inout [UInt8]) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    func newLine(_ indent: Int?) {
      guard let indent else { return }
      text.append(UInt8(ascii: "\n"))
      text += repeatElement(UInt8(ascii: " "), count: indent)
    }
    text += opening.utf8
    for (index, part) in parts.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      newLine(inner)
      write(part, inner, &text)
    }
    if !parts.isEmpty { newLine(indent) }
    text += closing.utf8
  }

  /// Escapes the characters that RFC 8259, section 7, requires to be escaped, and the two line separators that
  /// JavaScript before ES2019 rejects.
  private static func write(_ value: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    let start = text.count
    text += value.utf8
    // Most texts need no escapes. 0xE2 is the first byte of the line separators.
    if text[start...].contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0xE2 }) {
      text.removeSubrange(start...)
      for scalar in value.unicodeScalars { text += escaped(scalar).utf8 }
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
      let hex = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: return String(scalar)
    }
  }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}
