package import Core

/// A key of `when` and the field of an event that it tests: a row of the table from which the loader, the schema, the
/// compiled rules, traces, explanations, the analysis, differences, tests' `given`, event lines and the reference are
/// made.
package final class Field: Sendable {
  /// The test of a field in conditions.
  package enum Test: Sendable {
    /// One of some options of its `domain`.
    case options
    /// The reasons for which an event concerns the bot.
    case trigger
    /// The mentions that count.
    case reach
    case names(NameField)
    case text, time
    /// Other conditions, none of which holds.
    case not
    /// Other conditions, one of which holds.
    case any
  }

  /// The field as a fact of an event, in a test's `given` and in an event file.
  package struct Given: Sendable {
    /// Its position among the keys of `given`.
    let position: Int
    /// The sentence of the reference.
    package let summary: String
    /// The value of an event that does not state it; `nil` if no single value is the default.
    package let fallback: JSON?
    /// The default in words, if no single value is the default.
    package let otherwise: String?
    /// True if a recorded event states it even if it is the default.
    package let isAlwaysRecorded: Bool

    init(
      _ position: Int, _ summary: String, fallback: JSON? = nil, otherwise: String? = nil, isAlwaysRecorded: Bool = true
    ) {
      (self.position, self.summary, self.fallback, self.otherwise) = (position, summary, fallback, otherwise)
      self.isAlwaysRecorded = isAlwaysRecorded
    }
  }

  package let key: ConditionKey
  /// The sentence of the reference.
  package let summary: String
  /// The value of a rule that does not state the key; `nil` if such a rule does not test the field.
  package let fallback: JSON?
  /// The rules that an event fails because of this field, in words: "for other channels".
  package let mismatch: String
  package let test: Test
  package let given: Given?
  /// The values of the field, if it has few.
  package let domain: FactDomain?
  /// The position in the evaluation of a condition: cheap tests come first, text tests last.
  fileprivate let rank: Int

  init(
    _ key: ConditionKey, rank: Int, _ summary: String, fallback: JSON? = nil, mismatch: String, _ test: Test,
    _ domain: FactDomain? = nil, given: Given? = nil
  ) {
    (self.key, self.rank, self.summary, self.fallback) = (key, rank, summary, fallback)
    (self.mismatch, self.test, self.domain, self.given) = (mismatch, test, domain, given)
  }
}

extension Field {
  /// The rows, in the order of the reference.
  package static let all: [Field] = {
    var next = 0
    return ConditionKey.allCases.map { key in
      let field = row(of: key, at: next)
      next += field.domain?.values.count ?? 0
      precondition(next <= FactBits.capacity, "too many values of facts")
      return field
    }
  }()

  /// The rows in the order in which the parts of a condition are evaluated: a rule fails at the first one that fails.
  package static let inEvaluationOrder: [Field] = all.sorted { $0.rank < $1.rank }

  /// The fields that an event can be given, in the order of `given`.
  package static let given: [Field] = all.filter { $0.given != nil }.sorted {
    $0.given?.position ?? 0 < $1.given?.position ?? 0
  }

  /// The fields with few values, in the order of `given`.
  package static let facts: [(key: ConditionKey, domain: FactDomain)] = all.compactMap { field in
    field.domain.map { (field.key, $0) }
  }.sorted { left, right in
    left.key.field.given?.position ?? .max < right.key.field.given?.position ?? .max
  }
}

extension ConditionKey {
  /// The row of the key.
  package var field: Field { Field.all[Self.order.firstIndex(of: self) ?? 0] }

  private static let order = allCases

  /// All keys in the order in which they are evaluated.
  package static let inEvaluationOrder: [ConditionKey] = Field.inEvaluationOrder.map(\.key)
}
