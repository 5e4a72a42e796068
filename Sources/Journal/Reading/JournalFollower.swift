import Files

/// Reads the journal again and again while a gateway writes it, also if that begins a new file meanwhile.
package struct JournalFollower {
  /// How long to wait between two looks.
  package static let pause = Limits.followPause

  private let filter: JournalFilter
  private var file: JournalFile
  private var identity: FileIdentity?
  private var position = JournalPosition()

  /// Opens the journal.
  package init(path: String, matching filter: JournalFilter) throws(JournalError) {
    identity = FileIdentity(path: path)
    file = try JournalFile(reading: path)
    self.filter = filter
  }

  /// Gives the events that there are to `body` in batches, oldest first.
  /// - Throws: `JournalError`, or what `body` throws.
  package mutating func begin(_ body: ([JournalRecord]) throws -> Void) throws {
    position = try file.forEachBatch(matching: filter, body)
  }

  /// Returns the events that are new since the last look, or of which something new became known, oldest first.
  package mutating func next() throws(JournalError) -> [JournalRecord] {
    let there = FileIdentity(path: file.path)
    if let there, there != identity {
      file = try JournalFile(reading: file.path)
      (identity, position) = (there, JournalPosition())
    }
    let (records, end) = try file.changes(since: position, matching: filter)
    position = end
    return records
  }
}
