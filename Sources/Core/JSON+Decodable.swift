extension JSON: Decodable {
  /// Reads whatever a JSON text holds. The keys of a map come in no particular order.
  package init(from decoder: any Decoder) throws {
    if let map = try? decoder.container(keyedBy: AnyKey.self) {
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

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}

extension JSON {
  /// The value of a map's key; nil where this is no map or has no such key.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text; nil where this is none.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The whole number; nil where this is none.
  package var int: Int? { if case .int(let number) = self { number } else { nil } }

  /// The elements of a list; none where this is none.
  package var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
