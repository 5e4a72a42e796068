import ConfigLoader
import Core
import Logging
import RuleAnalysis
import RuleEngine

/// Writes the file of the journal. If the file is deleted or replaced, it continues with the one at the path, and
/// creates it if necessary: the content of a deleted journal is never restored.
///
/// It runs on a thread of its own, which waits for the disk and makes the lines.
actor JournalWriter {
  private let executor = QueueExecutor(label: "edgecrab.journal")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  nonisolated let path: String
  private let logger: Logger
  private var file: JournalFile
  private var identity: FileIdentity?
  private var fingerprint = Fingerprint()

  init(path: String, logger: Logger) throws(JournalError) {
    self.path = path
    self.logger = logger
    file = try JournalFile(writing: path)
    identity = FileIdentity(path: path)
  }

  func append(_ items: [JournalItem]) throws {
    try requireFile()
    try file.append(items.map { $0.row(&fingerprint) })
  }

  func prune(by policy: JournalPolicy, now: Int64) throws {
    try requireFile()
    try file.prune(by: policy, now: now)
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

/// Caches the fingerprint of the latest rules, which change rarely, without keeping them.
private struct Fingerprint {
  private weak var rules: CompiledRules?
  private var text = ""

  mutating func of(_ rules: CompiledRules) -> String {
    if self.rules !== rules { (self.rules, text) = (rules, rules.ruleSet.fingerprint) }
    return text
  }
}

extension JournalItem {
  fileprivate func row(_ fingerprint: inout Fingerprint) -> JournalRow {
    switch self {
    case .event(let entry):
      .event(
        line: entry.line(fingerprint: fingerprint.of(entry.rules)).json, claim: entry.claim,
        milliseconds: entry.milliseconds)
    case .outcome(let outcome, let claim, let milliseconds): .outcome(outcome, claim: claim, milliseconds: milliseconds)
    }
  }
}
