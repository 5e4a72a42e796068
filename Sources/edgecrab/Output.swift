import ConfigLoader
import FoundationEssentials
import Logging
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Prints text for people: results to standard output, everything else to standard error.
///
/// Nothing is buffered, so that a script that waits for a line sees it at once.
enum Output {
  /// Prints a result, with a line feed at its end.
  static func result(_ text: String) { write(text, to: .standardOutput) }

  /// Prints a question, to be answered on its line.
  static func prompt(_ text: String) { write(text.utf8, to: .standardOutput) }

  /// Prints a message to standard error, with a line feed at its end.
  static func notice(_ text: String) { write(text, to: .standardError) }

  /// Prints a message to standard error, each line after the program's name.
  static func message(_ text: String) {
    for line in text.split(separator: "\n") { notice("edgecrab: \(line)") }
  }

  /// Collects a long result and prints it in chunks of 64 KiB.
  struct Chunks {
    private var text = ""

    mutating func append(_ part: String) {
      text += part
      if text.utf8.count >= 64 * 1024 { flush() }
    }

    /// Prints the rest.
    mutating func flush() {
      Output.write(text.utf8, to: .standardOutput)
      text = ""
    }
  }

  private static func write(_ text: String, to descriptor: FileDescriptor) {
    write((text.isEmpty || text.hasSuffix("\n") ? text : text + "\n").utf8, to: descriptor)
  }

  /// A failed write is ignored: there is no other way to report it.
  private static func write(_ bytes: String.UTF8View, to descriptor: FileDescriptor) {
    _ = try? descriptor.writeAll(bytes)
  }
}

/// The terminal that standard output and standard error may be connected to.
enum Terminal {
  /// Indicates whether standard error is a terminal, so that its output is in no log.
  static var showsErrors: Bool { isatty(FileDescriptor.standardError.rawValue) == 1 }

  /// Indicates whether questions can be asked on standard output and answered on standard input.
  static var isInteractive: Bool {
    isatty(FileDescriptor.standardInput.rawValue) == 1 && isatty(FileDescriptor.standardOutput.rawValue) == 1
  }

  /// Returns `.colored` for a terminal with colors, unless the user sets `NO_COLOR` (https://no-color.org).
  static var style: ReportStyle {
    let environment = ProcessInfo.processInfo.environment
    let isColorUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let lacksColors = [nil, "", "dumb"].contains(environment["TERM"])
    let isTerminal = isatty(FileDescriptor.standardOutput.rawValue) == 1
    return isTerminal && !isColorUnwanted && !lacksColors ? .colored : .plain
  }
}

extension Logger {
  /// Logs warnings and errors to standard error, for commands that print their own results.
  static var quiet: Logger {
    var logger = Logger(label: "edgecrab") { _ in StandardErrorLogHandler(.text) }
    logger.logLevel = .warning
    return logger
  }
}
