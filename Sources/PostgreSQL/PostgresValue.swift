/// A value for a parameter of a statement (`$1`), or of a column in a row.
package enum PostgresValue: Sendable, Equatable {
  /// Has the type that the statement infers, or casts it to.
  case null
  case bool(Bool)
  /// A parameter is an `int8`.
  case int(Int64)
  /// Must not contain U+0000, which PostgreSQL does not store.
  case text(String)
  case bytes([UInt8])
  case texts([String])
  case ints([Int64])
  case bools([Bool])

  package init(_ value: Int64?) { self = value.map { .int($0) } ?? .null }
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  package init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
  package init(_ value: [UInt8]?) { self = value.map { .bytes($0) } ?? .null }
}
