/// A statement that the server has prepared, or was asked to prepare.
final class PreparedStatement {
  let name: String
  fileprivate let statement: Statement
  fileprivate let types: [UInt32]
  /// The exchange that prepares it, or `nil` after the server has prepared it.
  fileprivate var preparing: ObjectIdentifier?

  fileprivate init(_ call: EncodedCall, name: String, by exchange: Exchange) {
    self.name = name
    statement = call.statement
    types = call.types
    preparing = ObjectIdentifier(exchange)
  }

  /// Returns whether it can be executed with the values of a call. A null can have any type.
  fileprivate func accepts(_ call: EncodedCall) -> Bool {
    types.count == call.types.count && zip(types, call.types).allSatisfy { $1 == 0 || $0 == $1 }
  }
}

/// The statements that the server has prepared for a connection. They are as many as the program has, times the few
/// combinations of null parameters that come before one without nulls.
struct PreparedStatements {
  /// The way to execute a statement.
  enum Use {
    case prepared(PreparedStatement)
    /// Prepare it before.
    case prepare(PreparedStatement)
    /// Without preparing it: another exchange does so, which may fail before.
    case unprepared
  }

  private var statements: [Statement: [PreparedStatement]] = [:]
  private var count = 0

  /// Returns how an exchange has to execute a call.
  mutating func use(_ call: EncodedCall, by exchange: Exchange) -> Use {
    if let statement = statements[call.statement]?.first(where: { $0.accepts(call) }) {
      let isUsable = statement.preparing == nil || statement.preparing == ObjectIdentifier(exchange)
      return isUsable ? .prepared(statement) : .unprepared
    }
    count += 1
    let statement = PreparedStatement(call, name: "s\(count)", by: exchange)
    statements[call.statement, default: []].append(statement)
    return .prepare(statement)
  }

  /// Records that the server has prepared a statement.
  func confirm(_ statement: PreparedStatement) { statement.preparing = nil }

  /// Forgets a statement that could not be prepared or has become invalid. The next call prepares it under a new name.
  mutating func forget(_ statement: PreparedStatement) {
    statements[statement.statement]?.removeAll { $0 === statement }
  }
}
