import ConfigLoader
import Files
import Logging
import RuleEngine

/// Writes the journal's file, and begins a new one if somebody deletes it: whoever does so may want just that forgotten.
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
    // SQLite removes the log by its name when it closes: never beside a new file.
    if identity != nil {
      try file.close()
      identity = nil
    }
    file = try JournalFile(writing: path)
    identity = FileIdentity(path: path)
    logger.error(
      "the journal's file was deleted or replaced while the gateway runs; what follows is recorded in the one there now",
      metadata: ["path": "\(path)"])
  }
}
