package import Logging

extension Logger {
  /// For what a test does not look at.
  package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
