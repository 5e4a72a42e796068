import FoundationEssentials

/// A value as a column of the store keeps it.
enum JSONColumn {
  /// Most lists are empty, and a history has hundreds: they are not worth a decoder each.
  private static let empty = "[]"

  /// Values of our own, of texts and numbers, cannot fail to encode.
  static func text(_ values: [some Encodable]) -> String {
    if values.isEmpty { return empty }
    return (try? JSONEncoder().encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? empty
  }

  /// What an edgecrab with other ideas wrote is as if it were not there.
  static func values<Value: Decodable>(_ text: String) -> [Value] {
    if text == empty { return [] }
    return (try? JSONDecoder().decode([Value].self, from: Data(text.utf8))) ?? []
  }
}
