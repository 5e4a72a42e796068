import ConfigLoader
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What standard output and standard error are connected to.
enum Terminal {
  /// Whether somebody reads standard error as it comes, and no log keeps it.
  static var showsErrors: Bool { isatty(STDERR_FILENO) == 1 }

  /// Colours on a terminal that has them, unless the user wants none (https://no-color.org); else plain text.
  static var style: ReportStyle {
    let environment = ProcessInfo.processInfo.environment
    let wantsNone = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let hasNone = [nil, "", "dumb"].contains(environment["TERM"])
    return isatty(STDOUT_FILENO) == 1 && !wantsNone && !hasNone ? .colored : .plain
  }
}
