import FoundationEssentials

/// Values as JSON on one line each.
package enum JSONLine {
  /// The value, its keys sorted. Only for values whose encoding cannot fail: texts, numbers below 2^63, lists and maps.
  package static func text(_ value: some Encodable) -> String {
    (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()
}
