package import Foundation
import TestSupport

/// A child process, and what it uses.
package final class ChildProcess {
  package let id: pid_t
  private var isEnded = false

  /// Starts a program, which is looked up in `PATH`.
  ///
  /// - Parameters:
  ///   - environment: all variables of the program.
  ///   - output: the file for its output and its errors.
  package init(_ command: [String], environment: [String: String], output: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // Swift's threads block signals, and a background shell ignores some: neither is meant for the program.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var id = pid_t()
    let error = posix_spawnp(&id, command[0], &actions, &attributes, &arguments, &variables)
    guard error == 0 else { throw TestFailure("\(command[0]) does not start: \(String(cString: strerror(error)))") }
    self.id = id
  }

  deinit {
    guard !isEnded else { return }
    kill(id, SIGKILL)
    wait()
  }

  package func signal(_ number: Int32) { kill(id, number) }

  /// Waits for the end, and returns the status of `wait4`.
  @discardableResult package func wait() -> Int32 {
    var status: Int32 = 0
    while wait4(id, &status, 0, nil) < 0, errno == EINTR {}
    isEnded = true
    return status
  }

  /// True until it ends, also if nobody has waited for it.
  package var isRunning: Bool {
    guard !isEnded, let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
    return stat.split(separator: ")").last?.hasPrefix(" Z") == false
  }

  /// The CPU time so far of all threads, also of those that have ended, to the nanosecond.
  package var cpu: Duration { get throws { try ProcessTime.cpu(of: id) } }

  /// The context switches so far, by thread.
  package var switches: [String: Int] {
    get throws {
      let folder = "/proc/\(id)/task"
      var switches: [String: Int] = [:]
      for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
        // The thread may have ended in between.
        guard let status = try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8) else { continue }
        switches[thread] = status.split(separator: "\n").filter { $0.contains("ctxt_switches") }
          .compactMap { $0.split(separator: "\t").last.flatMap { Int($0) } }.reduce(0, +)
      }
      return switches
    }
  }

  /// Megabytes of memory in use.
  package var residentMB: Double {
    get throws {
      let line = try String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8)
      guard let pages = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) else {
        throw TestFailure("cannot read \(line)")
      }
      return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
  }
}
