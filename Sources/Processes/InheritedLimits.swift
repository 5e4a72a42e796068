internal import Glibc
internal import Synchronization

/// Limits as this process was started with them, which programs get back.
package enum InheritedLimits {
  private static let given = Atomic<UInt64>(UInt64.max)

  /// The soft limit of descriptors (`RLIMIT_NOFILE`): what it was set to, else what it is.
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
