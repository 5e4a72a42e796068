internal import Glibc
internal import Synchronization

/// The limit of open files of this process (RLIMIT_NOFILE, getrlimit(2)).
package enum DescriptorLimit {
  /// The soft limit.
  package static var current: Int { Int(clamping: limits.rlim_cur) }

  /// Raises the soft limit to the hard limit, at most to `Limits.descriptorsMax`; a higher one stays. Programs start
  /// with the previous limit: some, such as those that use `select(2)`, do not work with a higher one.
  package static func raise() {
    var limits = limits
    InheritedLimits.openFiles = UInt64(limits.rlim_cur)
    let wanted = min(limits.rlim_max, rlim_t(Limits.descriptorsMax))
    guard limits.rlim_cur < wanted else { return }
    limits.rlim_cur = wanted
    // If the system refuses, `current` shows it.
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
    // It cannot fail for an existing resource and valid memory.
    _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    return limits
  }
}

/// The limits that this process was started with, and that programs start with.
package enum InheritedLimits {
  private static let given = Atomic<UInt64>(UInt64.max)

  /// The soft limit of open files: the value that was set, otherwise the current one.
  package static var openFiles: UInt64 {
    get {
      let given = given.load(ordering: .relaxed)
      var current = rlimit()
      guard given == .max, getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &current) == 0 else { return given }
      return UInt64(current.rlim_cur)
    }
    set { given.store(newValue, ordering: .relaxed) }
  }
}
