#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The terminal that this process belongs to, whose end SIGHUP tells it of.
struct ControllingTerminal {
  private let wasThere = Self.isThere

  /// Whether there was one when this was made, and it was closed since.
  var isClosed: Bool { wasThere && !Self.isThere }

  private static var isThere: Bool {
    let file = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    // For want of anything else, as of a number for the file, nobody's terminal is closed.
    guard file >= 0 else { return errno != ENXIO && errno != EIO }
    close(file)
    return true
  }
}
