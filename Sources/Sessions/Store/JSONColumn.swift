import FoundationEssentials

/// A list of values as a column has it.
enum JSONColumn {
  /// Most lists are empty, and a history has hundreds: they are not worth a decoder each.
  private static let empty = "[]"

  /// Values of our own, of texts and numbers, cannot fail to encode.
  static func text(_ values: [some Encodable]) -> String {
    if values.isEmpty { return empty }
    return (try? JSONEncoder().encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? empty
  }

  /// A list that another version wrote in another form counts as empty.
  static func values<Value: Decodable>(_ text: String) -> [Value] {
    if text == empty { return [] }
    return (try? JSONDecoder().decode([Value].self, from: Data(text.utf8))) ?? []
  }
}
