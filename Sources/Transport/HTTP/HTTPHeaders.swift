internal import CCurl

/// The headers of a response, in the order in which they came (RFC 9110, section 5).
package struct HTTPHeaders: Sendable, Equatable {
  private var fields: [Field] = []

  private struct Field: Sendable, Equatable {
    let name: String
    var value: String
  }

  /// No headers.
  package init() {}

  /// The given headers. A name may stand more than once.
  package init(_ fields: [(String, String)]) {
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  /// The value of the first header of that name, whatever its case.
  package subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  /// All headers, in order.
  package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

  /// The `Date` by the sender's clock, in seconds since 1970 (UTC); nil where there is none, or one that is no date.
  package var date: Int? { date(of: "Date") }

  /// The date that a header tells in any form of RFC 9110, section 5.6.7, in seconds since 1970 (UTC); `nil` if there is none,
  /// or it is no date.
  package func date(of name: String) -> Int? {
    guard let text = self[name] else { return nil }
    let seconds = curl_getdate(text, nil)
    return seconds < 0 ? nil : seconds
  }

  mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Joins a folded line (RFC 9112, section 5.2) to the header that it continues.
  mutating func continueLast(with value: String) {
    guard !fields.isEmpty else { return }
    fields[fields.count - 1].value += " " + value
  }
}
