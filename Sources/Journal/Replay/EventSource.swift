package import ConfigLoader
import Core

/// A source of recorded events.
package enum EventSource: Sendable {
  /// A file of event lines, or `-` for standard input.
  case file(String)
  /// The journal at a path, from a moment on, in milliseconds since 1970 (UTC).
  case journal(String, since: Int64)

  /// Calls `body` with all events that rules decided, oldest first, in batches of bounded size.
  ///
  /// - Throws: `EventFileError`, `JournalError`, or an error of `body`.
  package func forEachBatch(defaults: EventDefaults, _ body: ([EventLine]) throws -> Void) throws {
    switch self {
    case .journal(let path, let since):
      try JournalFile(reading: path).forEachBatch(matching: JournalFilter(since: since)) { records in
        try body(records.map(\.line).filter { !$0.isAnswerToQuestion })
      }
    case .file(let path):
      var batch: [EventLine] = []
      var bytes = 0
      try EventFile.forEach(path, defaults: defaults) { _, line in
        if line.isAnswerToQuestion { return }
        batch.append(line)
        bytes += line.event.text.utf8.count
        guard batch.count == Limits.batchMax || bytes > Limits.batchBytesMax else { return }
        try body(batch)
        batch.removeAll(keepingCapacity: true)
        bytes = 0
      }
      if !batch.isEmpty { try body(batch) }
    }
  }
}
