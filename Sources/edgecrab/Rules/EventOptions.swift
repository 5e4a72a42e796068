import ArgumentParser
import ConfigLoader
import FoundationEssentials
import Journal

/// A stretch of time or a moment, for `--since`.
struct SinceArgument {
  let milliseconds: Int64

  init(_ text: String) throws {
    guard let milliseconds = Since.milliseconds(text, now: .now) else {
      throw ValidationError(RulesCommandTexts.noSince(text))
    }
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
  /// Where the gateway keeps its store.
  var storePath: String { home + "/edgecrab.sqlite" }

  /// Where the gateway keeps its journal.
  var journalPath: String { Self.journalPath(in: home) }

  /// Where a gateway whose folder is `home` keeps its journal.
  static func journalPath(in home: String) -> String { home + "/journal.sqlite" }
}

extension Int64 {
  /// Milliseconds since 1970 (UTC).
  static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
