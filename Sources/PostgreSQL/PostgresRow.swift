/// A row of a result. Columns are numbered from 0.
///
/// Decoded are `bool`, `int2`, `int4`, `int8`, `text`, `varchar`, `name` and `bytea`; statements cast other types. A column
/// that does not exist, has another type, or is null for a function that is not called `optional…`, is a mistake of the
/// program, and `PostgresError.Code.unexpectedResult`.
package struct PostgresRow: Sendable, Equatable {
  /// The columns. `nil` is one of a type that is not decoded.
  let values: [PostgresValue?]

  package func bool(_ column: Int) throws(PostgresError) -> Bool { try required(column, optionalBool(column)) }
  package func int(_ column: Int) throws(PostgresError) -> Int64 { try required(column, optionalInt(column)) }
  package func text(_ column: Int) throws(PostgresError) -> String { try required(column, optionalText(column)) }
  package func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try required(column, optionalBytes(column)) }

  package func optionalBool(_ column: Int) throws(PostgresError) -> Bool? {
    switch try value(column) {
    case .bool(let value): value
    case .null: nil
    default: throw Self.error(column, "is not a bool")
    }
  }

  package func optionalInt(_ column: Int) throws(PostgresError) -> Int64? {
    switch try value(column) {
    case .int(let value): value
    case .null: nil
    default: throw Self.error(column, "is not an integer")
    }
  }

  package func optionalText(_ column: Int) throws(PostgresError) -> String? {
    switch try value(column) {
    case .text(let value): value
    case .null: nil
    default: throw Self.error(column, "is not a text")
    }
  }

  package func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? {
    switch try value(column) {
    case .bytes(let value): value
    case .null: nil
    default: throw Self.error(column, "is not a bytea")
    }
  }

  private func value(_ column: Int) throws(PostgresError) -> PostgresValue {
    guard values.indices.contains(column) else { throw Self.error(column, "does not exist") }
    guard let value = values[column] else { throw Self.error(column, "has a type that is not decoded") }
    return value
  }

  private func required<Value>(_ column: Int, _ value: Value?) throws(PostgresError) -> Value {
    guard let value else { throw Self.error(column, "is null") }
    return value
  }

  private static func error(_ column: Int, _ problem: String) -> PostgresError {
    PostgresError(.unexpectedResult, "column \(column) \(problem)")
  }
}
