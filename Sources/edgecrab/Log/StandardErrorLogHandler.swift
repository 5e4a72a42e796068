import FoundationEssentials
import Logging

/// Writes the log to standard error, a line an event.
struct StandardErrorLogHandler: LogHandler {
  let format: LogFormat
  var logLevel: Logger.Level = .notice
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(_ format: LogFormat) { self.format = format }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let provided = metadataProvider?.get() ?? [:]
    let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
    let line = LogLine(moment: Date(), level: event.level, message: event.message.description, metadata: all)
    Output.notice(format == .json ? line.json : line.text)
  }
}
