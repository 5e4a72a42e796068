package import ConfigLoader

/// An event of the journal, with what came of it so far.
package struct JournalRecord: Sendable, Equatable {
  /// Its place in the journal.
  let id: Int64
  /// The event, its decision and its outcomes.
  package let line: EventLine
  /// Whether something is still to come of it, as far as the journal knows.
  package let isPending: Bool

  init(id: Int64, line: EventLine, mayHaveOutcomes: Bool) {
    self.id = id
    self.line = line
    isPending = mayHaveOutcomes && !line.outcomes.contains { $0.outcome.name.isFinal }
  }
}

/// How far the journal was read.
package struct JournalPosition: Sendable, Equatable {
  var event: Int64 = 0
  var outcome: Int64 = 0
}
