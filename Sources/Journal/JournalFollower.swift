package import ConfigLoader
import Core

/// Reads a journal while a gateway writes it, also after the gateway has started a new file.
package struct JournalFollower {
  /// The pause between two calls of `next()`.
  package static let pause = Limits.followPause

  private let filter: JournalFilter
  private var file: JournalFile
  private var identity: FileIdentity?
  private var position = JournalPosition()

  package init(path: String, matching filter: JournalFilter) throws(JournalError) {
    identity = FileIdentity(path: path)
    file = try JournalFile(reading: path)
    self.filter = filter
  }

  /// Calls `body` with the existing events in batches, oldest first.
  ///
  /// - Throws: `JournalError`, or an error of `body`.
  package mutating func begin(_ body: ([JournalRecord]) throws -> Void) throws {
    position = try file.forEachBatch(matching: filter, body)
  }

  /// Returns the events that are new since the last call or have new outcomes, oldest first.
  package mutating func next() throws(JournalError) -> [JournalRecord] {
    let current = FileIdentity(path: file.path)
    if let current, current != identity {
      file = try JournalFile(reading: file.path)
      (identity, position) = (current, JournalPosition())
    }
    let (records, end) = try file.changes(since: position, matching: filter)
    position = end
    return records
  }
}

/// An event of the journal with its outcomes so far.
package struct JournalRecord: Sendable, Equatable {
  let id: Int64
  package let line: EventLine
  /// True if a final outcome is still expected.
  package let isPending: Bool

  init(id: Int64, line: EventLine, mayHaveOutcomes: Bool) {
    self.id = id
    self.line = line
    isPending = mayHaveOutcomes && !line.outcomes.contains { $0.outcome.name.isFinal }
  }
}

/// A position in the journal: the ids of the last event and of the last outcome that were read.
package struct JournalPosition: Sendable, Equatable {
  var event: Int64 = 0
  var outcome: Int64 = 0
}
