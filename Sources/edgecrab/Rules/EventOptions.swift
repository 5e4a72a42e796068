import ArgumentParser
import ConfigLoader
import FoundationEssentials
import Journal

/// Reads a stretch of time or a moment, for `--since`.
struct SinceArgument: ExpressibleByArgument {
  let milliseconds: Int64

  init?(argument: String) {
    guard let milliseconds = Since.milliseconds(argument, now: .now) else { return nil }
    self.milliseconds = milliseconds
  }
}

extension EventSource {
  /// The file where one is named, else the journal in edgecrab's folder.
  init(file: String?, since: SinceArgument?, _ environment: Environment) {
    self = file.map(EventSource.file) ?? .journal(environment.journalPath, since: since?.milliseconds ?? .min)
  }
}

extension Environment {
  /// Where the gateway keeps its journal.
  var journalPath: String { home + "/journal.sqlite" }
}

extension Int64 {
  /// Milliseconds since 1970 (UTC).
  static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
