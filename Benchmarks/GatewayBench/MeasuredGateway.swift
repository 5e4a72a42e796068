import Foundation
import TestSupport

/// A gateway as a child process, and its use of CPU and memory.
final class MeasuredGateway {
  private let process = Process()
  private let home: TemporaryFolder

  private let log: String

  /// Starts the gateway for a server.
  init(_ program: String, on url: String, token: String) throws {
    home = try TemporaryFolder()
    process.executableURL = URL(filePath: program)
    process.arguments = ["gateway", "start"]
    process.environment = ["EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": url, "MATTERMOST_TOKEN": token]
    log = try home.write("", to: "log")
    process.standardOutput = FileHandle(forWritingAtPath: log)
    process.standardError = process.standardOutput
    try process.run()
  }

  /// Waits until it has connected.
  func isConnected() async throws {
    try await wait(for: "the gateway to connect") {
      let said = try String(contentsOfFile: log, encoding: .utf8)
      guard process.isRunning else { throw TestFailure("the gateway ended: \(said)") }
      return said.contains("Connected.")
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// Seconds of processor time so far (`proc(5)`: `utime` and `stime`).
  var cpuSeconds: Double {
    get throws {
      let line = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
      // The fields after the name, which may contain spaces.
      let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
      guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
        throw TestFailure("cannot read \(line)")
      }
      return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  /// Megabytes of memory in use.
  var residentMB: Double {
    get throws {
      let line = try String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)
      guard let pages = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) else {
        throw TestFailure("cannot read \(line)")
      }
      return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
  }
}
