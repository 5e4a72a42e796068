import FoundationEssentials

/// Reads what the server sends. What is nested deeper than anybody reads, as a post's `props` may be, is left out: the
/// decoder would refuse all of it.
enum WireJSON {
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    let whole = Result { try JSONDecoder().decode(type, from: Data(bytes)) }
    guard case .failure = whole, let shallow = JSONScanner.shallow(bytes) else { return try whole.get() }
    return try JSONDecoder().decode(type, from: Data(shallow))
  }
}
