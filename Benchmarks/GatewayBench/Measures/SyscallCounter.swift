import BenchSupport
import Figures
import Foundation
import TestSupport

/// Counts the syscalls of a running process by a tool: `perf` costs the process least, `strace` needs no help of the
/// kernel but slows it down many times. Neither is used while CPU time is measured.
enum SyscallCounter {
  private struct Tool: Sendable {
    let name: String
    let command: @Sendable (_ process: pid_t, _ output: String) -> [String]
    /// Returns the number in the output of the tool.
    let read: @Sendable (_ output: String) -> Double?
  }

  private static let tools = [
    Tool(
      name: "perf",
      command: { ["perf", "stat", "-x", ",", "-o", $1, "-e", "raw_syscalls:sys_enter", "-p", "\($0)"] },
      read: { output in
        output.split(separator: "\n").first { $0.contains("sys_enter") }?.split(separator: ",").first
          .flatMap { Double($0) }
      }),
    Tool(
      name: "strace", command: { ["strace", "-f", "-c", "-q", "-o", $1, "-p", "\($0)"] },
      read: { output in
        // The columns are: % time, seconds, usecs/call, calls, errors, syscall.
        let total = output.split(separator: "\n").last { $0.hasSuffix(" total") }?.split(separator: " ") ?? []
        return total.count > 4 ? Double(total[3]) : nil
      }),
  ]

  /// Calls `body` once and returns the number of syscalls in it, and the name of the tool.
  static func count(
    of process: pid_t, during body: () async throws -> Void
  ) async throws -> (count: Reading, tool: String) {
    let folder = try TemporaryFolder()
    var reasons: [String] = []
    for tool in tools {
      let (log, output) = (folder.path("log"), folder.path("output"))
      let counter: ChildProcess
      do {
        counter = try ChildProcess(
          tool.command(process, output), environment: ProcessInfo.processInfo.environment, output: log)
      } catch {
        reasons.append("\(error)")
        continue
      }
      // The time to attach to every thread. A tool that may not attach has ended by then.
      try await Task.sleep(for: .milliseconds(500))
      guard counter.isRunning else {
        let log = try String(contentsOfFile: log, encoding: .utf8)
        reasons.append("\(tool.name): \(log.split(separator: "\n").first ?? "it does not attach")")
        continue
      }
      try await body()
      counter.signal(SIGINT)
      counter.wait()
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      guard let count = tool.read(text) else { return (.missing("\(tool.name) printed `\(text)`"), tool.name) }
      return (.number(count), tool.name)
    }
    return (.missing(reasons.joined(separator: "; ")), "nothing")
  }
}
