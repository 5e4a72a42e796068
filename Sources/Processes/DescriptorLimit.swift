internal import Glibc

/// The limit of open files of this process: RLIMIT_NOFILE, see getrlimit(2).
package enum DescriptorLimit {
  /// The soft limit as it is now.
  package static var current: Int { Int(clamping: limits.rlim_cur) }

  /// Raises the soft limit to the hard limit, at most to `Limits.descriptorsMax`. A higher one stays as it is. Programs get
  /// back what it was: some, such as those that use `select`, cannot live with a higher one.
  package static func raise() {
    var limits = limits
    InheritedLimits.openFiles = UInt64(limits.rlim_cur)
    let wanted = min(limits.rlim_max, rlim_t(Limits.descriptorsMax))
    guard limits.rlim_cur < wanted else { return }
    limits.rlim_cur = wanted
    // Where the system refuses, the limit stays as it is, which `current` tells.
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
  }

  /// Returns whether `count` more files can be opened.
  package static func hasRoom(for count: Int) -> Bool {
    var free = 0
    var descriptor = 0
    let limit = current
    while free < count, descriptor < limit {
      if fcntl(Int32(descriptor), F_GETFD) < 0 { free += 1 }
      descriptor += 1
    }
    return free >= count
  }

  private static var limits: rlimit {
    var limits = rlimit()
    // It cannot fail for a resource that exists and memory of our own.
    _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    return limits
  }
}
