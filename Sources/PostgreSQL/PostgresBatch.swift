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

extension PostgresBatch {
  /// Makes a batch with the statements that `build` adds.
  package init(_ build: (inout PostgresBatch) -> Void) {
    self.init()
    build(&self)
  }

  /// The number of statements.
  package var count: Int { calls.count }

  /// Returns the batch with U+FFFD in the place of each U+0000, which PostgreSQL does not store.
  package func replacingNUL() -> PostgresBatch {
    func replaced(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
    }
    return PostgresBatch { batch in
      for call in calls {
        batch.add(
          call.statement,
          call.values.map { value in
            switch value {
            case .text(let text): .text(replaced(text))
            case .texts(let texts): .texts(texts.map(replaced))
            default: value
            }
          })
      }
    }
  }

  /// Adds the statements of another batch.
  package mutating func add(_ batch: PostgresBatch) { calls += batch.calls }
}
