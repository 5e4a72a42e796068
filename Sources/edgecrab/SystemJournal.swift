import FoundationEssentials
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// systemd's journal as the destination of standard error.
enum SystemJournal {
  /// True if standard error is the stream that systemd connected to the journal: `JOURNAL_STREAM` has its device and
  /// inode (systemd.exec(5)).
  static let isStandardError: Bool = {
    var facts = stat()
    guard let stream = ProcessInfo.processInfo.environment["JOURNAL_STREAM"], fstat(STDERR_FILENO, &facts) == 0 else {
      return false
    }
    return stream == "\(facts.st_dev):\(facts.st_ino)"
  }()

  /// The priority of syslog(3), which the journal reads from the beginning of a line (sd-daemon(3)).
  static func priority(of level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
