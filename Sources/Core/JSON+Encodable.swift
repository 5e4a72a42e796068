extension JSON: Encodable {
  /// Writes it as a part of something else.
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

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
