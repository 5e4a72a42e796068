import FoundationEssentials

/// A value as a column of the store keeps it.
enum JSONColumn {
  /// Values of our own, of texts and numbers, cannot fail to encode.
  static func text(_ values: some Encodable) -> String {
    (try? JSONEncoder().encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  /// What an edgecrab with other ideas wrote is as if it were not there.
  static func values<Value: Decodable>(_ text: String) -> [Value] {
    (try? JSONDecoder().decode([Value].self, from: Data(text.utf8))) ?? []
  }
}
