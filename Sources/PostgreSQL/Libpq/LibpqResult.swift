internal import CPostgres

/// A result of libpq.
final class LibpqResult {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  var status: ExecStatusType { PQresultStatus(result) }

  // MARK: Rows

  var rowCount: Int { Int(PQntuples(result)) }

  /// Returns a row, and the number of bytes of its values.
  func row(_ row: Int) -> (row: PostgresRow, byteCount: Int) {
    var byteCount = 0
    let values = (0..<PQnfields(result)).map { column -> PostgresValue? in
      guard PQgetisnull(result, Int32(row), column) == 0 else { return .null }
      let bytes = UnsafeRawBufferPointer(
        start: PQgetvalue(result, Int32(row), column), count: Int(PQgetlength(result, Int32(row), column)))
      byteCount += bytes.count
      return PostgresValue(bytes, type: PQftype(result, column))
    }
    return (PostgresRow(values: values), byteCount)
  }

  /// The error, or the notice, that it contains.
  var message: ServerMessage { ServerMessage(result) }
}

/// The fields of an error or a notice, which has to live longer.
struct ServerMessage {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  /// The server's code, or `nil` for a message of libpq itself.
  var sqlState: String? { field(edgecrab_sqlstate) }

  /// True if the server ends the connection.
  var isFatal: Bool {
    let severity = field(edgecrab_severity)
    return severity == "FATAL" || severity == "PANIC"
  }

  /// The server's words, if messages of this kind contain no values; otherwise the names of the constraint and the table.
  var safeDetail: String {
    guard let sqlState else { return "" }
    if PostgresError.hasSafeMessage(sqlState) { return field(edgecrab_message)?.limited ?? "" }
    let names = [("constraint", edgecrab_constraint), ("table", edgecrab_table)].compactMap { name, code in
      field(code).map { "\(name) \($0)" }
    }
    return names.joined(separator: ", ")
  }

  private func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
}

extension PostgresValue {
  /// Decodes a value in the binary format, or returns `nil` for other types.
  fileprivate init?(_ bytes: UnsafeRawBufferPointer, type: Oid) {
    switch type {
    case .bool: self = .bool(bytes.first == 1)
    case .int2: self = .int(Int64(Int16(truncatingIfNeeded: Self.integer(bytes))))
    case .int4: self = .int(Int64(Int32(truncatingIfNeeded: Self.integer(bytes))))
    case .int8: self = .int(Int64(bitPattern: Self.integer(bytes)))
    case .text, .varchar, .name: self = .text(String(decoding: bytes, as: UTF8.self))
    case .bytea: self = .bytes(Array(bytes))
    default: return nil
    }
  }

  private static func integer(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
