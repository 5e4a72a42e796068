// Another server version may leave a field out, send `null`, or send a number where this one sends a string. None of
// that is worth losing a post for, so these never throw: what cannot be read is as if it were not there.
extension KeyedDecodingContainer {
  /// A string; a number or a truth value is taken as its text, anything else as an empty one.
  func text(_ key: Key) -> String {
    guard contains(key) else { return "" }
    if let text = try? decode(String.self, forKey: key) { return text }
    if let number = try? decode(Int64.self, forKey: key) { return String(number) }
    if let flag = try? decode(Bool.self, forKey: key) { return String(flag) }
    return ""
  }

  /// A whole number, also one written as a string; 0 for anything else.
  func integer(_ key: Key) -> Int64 {
    if let number = try? decode(Int64.self, forKey: key) { return number }
    if let number = try? decode(Double.self, forKey: key) { return Int64(exactly: number.rounded()) ?? 0 }
    return Int64(text(key)) ?? 0
  }

  /// A truth value, also one written as a string.
  func flag(_ key: Key) -> Bool {
    text(key).lowercased() == "true"
  }

  /// The words of a text that is a list with spaces between.
  func words(_ key: Key) -> [String] {
    text(key).split(separator: " ").map(String.init)
  }

  /// The strings of a list; empty for anything else.
  func texts(_ key: Key) -> [String] {
    elements(String.self, key)
  }

  /// The readable elements of a list; empty for anything else.
  func elements<Element: Decodable>(_ type: Element.Type, _ key: Key) -> [Element] {
    ((try? decode([FailableDecodable<Element>].self, forKey: key)) ?? []).compactMap(\.value)
  }
}

/// A value, or nothing where it cannot be read.
struct FailableDecodable<Value: Decodable>: Decodable {
  var value: Value?

  init(from decoder: any Decoder) {
    value = try? Value(from: decoder)
  }
}
