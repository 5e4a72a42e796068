import Foundation
package import TestSupport

/// A bot that is measured: edgecrab, or the bare Python script beside it.
package final class Subject {
  package let child: ChildProcess
  private let home: TemporaryFolder

  /// Starts a program.
  ///
  /// - Parameter home: the folder of its log, and its own if it needs one.
  package init(_ command: [String], _ environment: [String: String], in home: TemporaryFolder) throws {
    self.home = home
    child = try ChildProcess(command, environment: environment, output: home.path("log"))
  }

  /// Starts a gateway.
  ///
  /// - Parameters:
  ///   - program: the program to start.
  ///   - rules: a rules file; the built-in one if `nil`.
  ///   - tool: the program that runs it, with its arguments.
  ///   - more: further variables.
  ///   - home: its folder.
  package convenience init(
    gateway program: String, url: String, token: String, rules: String? = nil, under tool: [String] = [],
    _ more: [String: String] = [:], in home: TemporaryFolder
  ) throws {
    if let rules { _ = try home.write(rules, to: "rules.yaml") }
    let environment = [
      "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": url, "MATTERMOST_TOKEN": token,
      "MATTERMOST_ALLOWED_USERS": "*",
    ]
    try self.init(tool + [program, "gateway", "start"], environment.merging(more) { $1 }, in: home)
  }

  /// What it has printed.
  package var log: String { (try? String(contentsOfFile: home.path("log"), encoding: .utf8)) ?? "" }

  /// Waits until it has connected.
  package func isConnected() async throws {
    try await wait(for: "the subject to connect") {
      guard child.isRunning else { throw TestFailure("the subject ended: \(log)") }
      return log.contains("Connected.")
    }
  }

  /// Ends it, and returns the time from SIGTERM to its end.
  @discardableResult package func stop() -> Duration {
    let start = ContinuousClock.now
    child.signal(SIGTERM)
    child.wait()
    return ContinuousClock.now - start
  }
}
