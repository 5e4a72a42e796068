/// Statements that are made together, all or none, in one round trip.
package struct PostgresBatch: Sendable {
  /// A statement with a value for each of its parameters.
  struct Call: Sendable {
    let statement: Statement
    let values: [PostgresValue]
  }

  private(set) var calls: [Call] = []

  package init() {}

  package var isEmpty: Bool { calls.isEmpty }

  /// Adds a statement, whose rows have the same position in the result as the statement in the batch.
  package mutating func add(_ statement: Statement, _ values: PostgresValue...) { add(statement, values) }

  package mutating func add(_ statement: Statement, _ values: [PostgresValue]) {
    calls.append(Call(statement: statement, values: values))
  }
}
