import Foundation
import TestSupport

/// The CPU time of processes.
package enum ProcessTime {
  /// Returns the time of a process, to the nanosecond.
  package static func cpu(of process: Int32 = getpid()) throws -> Duration {
    var (clock, time) = (clockid_t(), timespec())
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      throw TestFailure("the CPU clock of process \(process) cannot be read")
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Returns the time of the children of a process that have ended, to the hundredth of a second (proc(5), `stat`).
  package static func cpuOfEndedChildren(of process: Int32) -> Duration {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    // `cutime` and `cstime` are the fields 16 and 17, of which these begin with the third.
    guard fields.count > 14, let user = Int(fields[13]), let system = Int(fields[14]) else { return .zero }
    return .milliseconds(10 * (user + system))
  }
}
