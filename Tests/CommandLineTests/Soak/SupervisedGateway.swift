import Foundation
import TestSupport

/// The real gateway, which is started again whenever it ends, as by a supervisor.
final class SupervisedGateway {
  private let home: TemporaryFolder
  private let environment: [String: String]
  /// The present process.
  private(set) var process: EdgecrabProcess
  /// The number of starts.
  private(set) var starts = 1

  init(rules: String, environment: [String: String]) throws {
    home = try TemporaryFolder()
    _ = try home.write(rules, to: "rules.yaml")
    self.environment = environment.merging(["EDGECRAB_HOME": home.url.path]) { $1 }
    process = try Self.start(self.environment)
  }

  private static func start(_ environment: [String: String]) throws -> EdgecrabProcess {
    try EdgecrabProcess(["gateway", "start", "--ping", "1"], environment: environment)
  }

  /// The output since the last start.
  var said: String { process.said }

  /// Kills it, and waits for its end.
  func kill() async throws {
    process.kill()
    _ = try await process.ended()
  }

  /// Starts it if it has ended.
  ///
  /// - Returns: True if it had.
  @discardableResult func ensureRunning() throws -> Bool {
    guard !process.isRunning else { return false }
    process = try Self.start(environment)
    starts += 1
    return true
  }

  /// Terminates it by a signal, and waits for its end.
  func end() async throws {
    process.terminate()
    _ = try await process.ended()
  }
}
