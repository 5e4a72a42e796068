import Logging
import TestSupport

/// A log handler that reports every message, so that a test can wait for one.
struct LogReport: LogHandler {
  let messages: Report<String>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { messages("\(event.message)") }
}
