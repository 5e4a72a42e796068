/// A JSON text to be written, with its keys in the order given.
package enum JSON: Sendable, Equatable {
  /// Nothing.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// Another number, written as RFC 8259, section 6, has it.
  case number(String)
  /// A text.
  case string(String)
  /// A list.
  case array([JSON])
  /// A map, in the order in which it is written.
  case object([Member])

  /// A key of a map and its value.
  package struct Member: Sendable, Equatable {
    /// The key.
    package let key: String
    /// Its value.
    package let value: JSON

    /// Names a value.
    package init(key: String, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The text, on one line.
  package var text: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The text for people as well: a line for each member and element, and one at the end.
  package var lines: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  /// The same with the keys of all maps in the order of their letters: what a JSON text held comes in no particular one.
  package var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(members.map { Member(key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  /// The text of `lines` as a part of another such text, in which the value's own line is indented by `indent` spaces;
  /// without a line break at the end.
  package func lines(indentedBy indent: Int) -> String {
    var text = ""
    write(to: &text, indent: indent)
    return text
  }

  /// This object with `members` behind its own; anything but an object stays as it is.
  package func appending(_ members: KeyValuePairs<String, JSON>) -> JSON {
    appending(members.map { Member(key: $0.key, value: $0.value) })
  }

  /// This object with `members` behind its own; anything but an object stays as it is.
  package func appending(_ members: [Member]) -> JSON {
    guard case .object(let own) = self else { return self }
    return .object(own + members)
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .number(let value): text += value
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements, between: "[", "]", to: &text, indent: indent) { element, indent, text in
        element.write(to: &text, indent: indent)
      }
    case .object(let members):
      Self.write(members, between: "{", "}", to: &text, indent: indent) { member, indent, text in
        Self.write(member.key, to: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func write<Part>(
    _ parts: [Part], between opening: String, _ closing: String, to text: inout String, indent: Int?,
    _ write: (Part, Int?, inout String) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    func newLine(_ indent: Int?) { if let indent { text += "\n" + String(repeating: " ", count: indent) } }
    text += opening
    for (index, part) in parts.enumerated() {
      if index > 0 { text += "," }
      newLine(inner)
      write(part, inner, &text)
    }
    if !parts.isEmpty { newLine(indent) }
    text += closing
  }

  /// Escapes what RFC 8259, section 7, says must be, and the two line ends that old JavaScript trips over.
  private static func write(_ value: String, to text: inout String) {
    text += "\""
    // Most texts have nothing to escape; 0xE2 begins the two line ends.
    guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0xE2 }) else {
      text += value
      text += "\""
      return
    }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }
  /// `true` or `false`.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  package init(integerLiteral value: Int) { self = .int(value) }
  /// Nothing.
  package init(nilLiteral: ()) { self = .null }
  /// A list.
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// A map.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}
