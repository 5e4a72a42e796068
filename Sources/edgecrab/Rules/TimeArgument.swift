import ArgumentParser
import ConfigLoader
import Core
import Journal

/// A duration before now, or a point in time, for options such as `--since`.
struct TimeArgument {
  /// Milliseconds since 1970 (UTC).
  let milliseconds: Int64

  init(_ text: String) throws {
    guard let milliseconds = Since.milliseconds(text, now: Timestamp.now.milliseconds) else {
      throw ValidationError(
        """
        \(quoted(text)) is not a time; write a duration like 7d or 12h, or a date and time with a zone, like \
        2025-06-01T00:00:00Z
        """)
    }
    self.milliseconds = milliseconds
  }
}

extension EventSource {
  /// The events of a file, or of the journal in edgecrab's folder if no file is given.
  init(file: String?, since: TimeArgument?, _ environment: Environment) {
    self = file.map(EventSource.file) ?? .journal(environment.journalPath, since: since?.milliseconds ?? .min)
  }
}
