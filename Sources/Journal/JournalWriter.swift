import ConfigLoader
import Core
import Logging
import RuleEngine

/// Writes the file of the journal. If the file is deleted or replaced, it continues with the one at the path, and
/// creates it if necessary: the content of a deleted journal is never restored.
actor JournalWriter {
  nonisolated let path: String
  private let logger: Logger
  private var file: JournalFile
  private var identity: FileIdentity?

  init(path: String, logger: Logger) throws(JournalError) {
    self.path = path
    self.logger = logger
    file = try JournalFile(writing: path)
    identity = FileIdentity(path: path)
  }

  func append(_ rows: [JournalRow]) async throws {
    try requireFile()
    try await file.append(rows)
  }

  func prune(by policy: JournalPolicy, now: Int64) async throws {
    try requireFile()
    try await file.prune(by: policy, now: now)
  }

  func close() throws { try file.close() }

  private func requireFile() throws {
    guard identity == nil || FileIdentity(path: path) != identity else { return }
    // SQLite deletes the write-ahead log by its name on closing, which must not happen to that of a new file.
    if identity != nil {
      try file.close()
      identity = nil
    }
    file = try JournalFile(writing: path)
    identity = FileIdentity(path: path)
    logger.error(
      "the file of the journal was deleted or replaced; recording continues in the file at its path",
      metadata: ["path": "\(path)"])
  }
}
