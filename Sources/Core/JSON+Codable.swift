extension JSON: Encodable {
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var value = encoder.singleValueContainer()
      try value.encodeNil()
    case .bool(let flag): try flag.encode(to: encoder)
    case .int(let number): try number.encode(to: encoder)
    case .number(let text): try (Double(text) ?? 0).encode(to: encoder)
    case .string(let text): try text.encode(to: encoder)
    case .array(let elements): try elements.encode(to: encoder)
    case .object(let members):
      var map = encoder.container(keyedBy: Key.self)
      for member in members { try map.encode(member.value, forKey: Key(stringValue: member.key)) }
    }
  }

  fileprivate struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension JSON: Decodable {
  /// Decodes any JSON value. The members of an object are in no particular order.
  package init(from decoder: any Decoder) throws {
    if let map = try? decoder.container(keyedBy: Key.self) {
      self = .object(try map.allKeys.map { Member(key: $0.stringValue, value: try map.decode(JSON.self, forKey: $0)) })
    } else if var list = try? decoder.unkeyedContainer() {
      var elements: [JSON] = []
      while !list.isAtEnd { elements.append(try list.decode(JSON.self)) }
      self = .array(elements)
    } else {
      self = try Self.scalar(in: decoder.singleValueContainer())
    }
  }

  private static func scalar(in value: any SingleValueDecodingContainer) throws -> JSON {
    if value.decodeNil() { return .null }
    if let flag = try? value.decode(Bool.self) { return .bool(flag) }
    if let number = try? value.decode(Int.self) { return .int(number) }
    if let number = try? value.decode(Double.self) { return .number("\(number)") }
    return .string(try value.decode(String.self))
  }
}

extension JSON {
  /// The value of an object's member, or `nil` if this is not an object or has no such member.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text, or `nil` if this is not a string.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, or `nil` if this is not a whole number.
  package var int: Int? { if case .int(let number) = self { number } else { nil } }

  /// The elements of an array; empty if this is not an array.
  package var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
