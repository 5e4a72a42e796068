package import ConfigLoader
import Core

/// Where recorded events come from.
package enum EventSource: Sendable {
  /// A file of event lines, or `-` for standard input.
  case file(String)
  /// The journal at this path, from a moment on, in milliseconds since 1970 (UTC).
  case journal(String, since: Int64)

  /// Gives all events that rules were asked about to `body`, oldest first, in batches, so that any number of them takes
  /// no more memory than one.
  ///
  /// - Throws: `EventFileError`, `JournalError`, or what `body` throws.
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
