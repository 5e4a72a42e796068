/// Makes values of a JSON text, as Foundation's decoder does, in half of its time.
struct JSONTreeDecoder: Decoder {
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]
  fileprivate let tree: JSONTree

  /// A value is of another kind than the one that was asked for, or is not there. Nobody looks at which: what cannot be
  /// read is as if it were not there.
  struct Mismatch: Error {}

  /// The value that a text says.
  static func decode<Value: Decodable>(_ type: Value.Type, from text: some Sequence<UInt8>) throws -> Value {
    try JSONTreeDecoder(tree: try JSONReader.read(Array(text))).decode(type)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = tree else { throw Mismatch() }
    return KeyedDecodingContainer(Keyed(members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let elements) = tree else { throw Mismatch() }
    return Unkeyed(elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  fileprivate func decode<Number: LosslessStringConvertible>(number: Number.Type) throws -> Number {
    guard case .number(let text) = tree, let value = Number(text) else { throw Mismatch() }
    return value
  }
}

extension JSONTreeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { tree == .null }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .flag(let value) = tree else { throw Mismatch() }
    return value
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .text(let value) = tree else { throw Mismatch() }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double { try decode(number: type) }
  func decode(_ type: Float.Type) throws -> Float { try decode(number: type) }
  func decode(_ type: Int.Type) throws -> Int { try decode(number: type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try decode(number: type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try decode(number: type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try decode(number: type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try decode(number: type) }
  func decode(_ type: UInt.Type) throws -> UInt { try decode(number: type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decode(number: type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decode(number: type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decode(number: type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try decode(number: type) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}

/// The members of an object, by a type's keys.
private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let codingPath: [any CodingKey] = []
  let members: [JSONTree.Member]

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).decode(type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).decode(type) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key).decode(type) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key).decode(type) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key).decode(type) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key).decode(type) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key).decode(type) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try value(key).decode(type) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try value(key).decode(type) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key).decode(type) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try value(key).decode(type) }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try value(key).decode(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try value(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try value(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { JSONTreeDecoder(tree: .object(members)) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

  private func value(_ key: Key) throws -> JSONTreeDecoder {
    guard let value = members[key.stringValue] else { throw JSONTreeDecoder.Mismatch() }
    return JSONTreeDecoder(tree: value)
  }
}

/// The elements of a list, one after the other.
private struct Unkeyed: UnkeyedDecodingContainer {
  let codingPath: [any CodingKey] = []
  let elements: [JSONTree]
  private(set) var currentIndex = 0

  init(elements: [JSONTree]) { self.elements = elements }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try Value(from: next())
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    defer { currentIndex += 1 }
    return try next()
  }

  private func next() throws -> JSONTreeDecoder {
    guard !isAtEnd else { throw JSONTreeDecoder.Mismatch() }
    return JSONTreeDecoder(tree: elements[currentIndex])
  }
}
