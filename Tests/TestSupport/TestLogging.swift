package import Logging

/// A log handler that sends every message to a queue, so that a test can wait for one.
package struct QueueLogHandler: LogHandler {
  package let messages: AsyncQueue<String>
  package var metadata: Logger.Metadata = [:]
  package var logLevel = Logger.Level.trace

  package init(messages: AsyncQueue<String>) { self.messages = messages }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) { messages("\(event.message)") }
}

extension Logger {
  /// A logger that discards everything.
  package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
