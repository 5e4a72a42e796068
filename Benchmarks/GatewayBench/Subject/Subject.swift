import Foundation
import TestSupport

/// A bot that is measured: edgecrab, or the bare Python script beside it.
final class Subject {
  let child: ChildProcess
  private let home: TemporaryFolder

  fileprivate init(_ command: [String], _ environment: [String: String], in home: TemporaryFolder) throws {
    self.home = home
    child = try ChildProcess(command, environment: environment, output: home.path("log"))
  }

  /// What it has printed.
  var log: String { (try? String(contentsOfFile: home.path("log"), encoding: .utf8)) ?? "" }

  /// Waits until it has connected.
  func isConnected() async throws {
    try await wait(for: "the subject to connect") {
      guard child.isRunning else { throw TestFailure("the subject ended: \(log)") }
      return log.contains("Connected.")
    }
  }

  /// Ends it, and returns the time from SIGTERM to its end.
  @discardableResult func stop() -> Duration {
    let start = ContinuousClock.now
    child.signal(SIGTERM)
    child.wait()
    return ContinuousClock.now - start
  }
}

/// What to measure: programs and where they are.
struct Subjects: Sendable {
  let edgecrab: String
  /// The folder with aiohttp.
  let pythonPackages: String

  /// Starts edgecrab.
  ///
  /// - Parameters:
  ///   - rules: a rules file; the built-in one if `nil`.
  ///   - tool: the program that runs it, with its arguments.
  func gateway(
    url: String, token: String = "TOKEN_BOT", rules: String? = nil, under tool: [String] = []
  ) throws -> Subject {
    let home = try TemporaryFolder()
    // `EDGECRAB_LISTEN=0` measures it with its metrics.
    let listen = ProcessInfo.processInfo.environment["EDGECRAB_LISTEN"] ?? ""
    if let rules { _ = try home.write(rules, to: "rules.yaml") }
    return try Subject(
      tool + [edgecrab, "gateway", "start"],
      [
        "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": url, "MATTERMOST_TOKEN": token,
        "MATTERMOST_ALLOWED_USERS": "*", "EDGECRAB_LISTEN": listen,
      ], in: home)
  }

  /// Starts the script.
  func script(url: String, token: String = "TOKEN_BOT") throws -> Subject {
    guard FileManager.default.fileExists(atPath: "\(pythonPackages)/aiohttp") else {
      throw TestFailure("aiohttp is not installed in \(pythonPackages)")
    }
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "bare_bot.py").path
    return try Subject(
      // Debian's Python, for which the packages are installed.
      ["/usr/bin/python3", file],
      ["PYTHONPATH": pythonPackages, "MATTERMOST_URL": url, "MATTERMOST_TOKEN": token, "PYTHONDONTWRITEBYTECODE": "1"],
      in: try TemporaryFolder())
  }
}
