import Logging

extension Logger {
  /// For commands that say themselves what they found: it passes warnings on, to standard error.
  static var quiet: Logger {
    var logger = Logger(label: "edgecrab") { _ in StandardErrorLogHandler(.text) }
    logger.logLevel = .warning
    return logger
  }
}
