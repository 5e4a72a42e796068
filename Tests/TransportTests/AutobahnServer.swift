import Foundation
import TestSupport

/// The fuzzing server of Autobahn's test suite, which tests a WebSocket client (`scripts/install-autobahn.sh`).
final class AutobahnServer: Sendable {
  /// True if it is installed.
  static let isAvailable = FileManager.default.fileExists(atPath: folder.appending(path: "kosoku").path)
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../.build-autobahn").standardized

  /// The verdict on a case.
  struct Verdict: Sendable, Decodable {
    /// The verdict on the messages: `OK`, `NON-STRICT`, `FAILED` and others.
    let behavior: String
    /// The verdict on the closing handshake.
    let behaviorClose: String
  }

  /// The URL on which it listens.
  let url: String
  private let output: TemporaryFolder
  private let process: Process

  /// Starts the server with all cases except those that match a pattern.
  init(without excluded: [String]) async throws {
    output = try TemporaryFolder()
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments =
      ["-c", "from kosoku._cli import main; main()", "--mode", "fuzzingserver", "127.0.0.1:0"]
      + ["--outdir", output.path("report")] + excluded.flatMap { ["--exclude", $0] }
    process.environment = ["PYTHONPATH": Self.folder.path]
    let log = try output.write("", to: "log")
    let handle = FileHandle(forWritingAtPath: log)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    let greeting = "listening on "
    var said = ""
    try await wait(for: "Autobahn to listen, which said: \(said)") {
      said = try String(contentsOfFile: log, encoding: .utf8)
      return said.contains(greeting) && said.hasSuffix("\n")
    }
    url = String(said.split(separator: greeting)[1].prefix { !$0.isWhitespace })
  }

  deinit {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }

  /// Returns the verdicts by case, after the client has requested the report.
  func verdicts() async throws -> [String: Verdict] {
    let index = output.path("report/index.json")
    try await wait(for: "Autobahn's report") { !process.isRunning }
    let report = try Data(contentsOf: URL(filePath: index))
    guard let verdicts = try JSONDecoder().decode([String: [String: Verdict]].self, from: report).values.first else {
      throw TestFailure("Autobahn's report names no client")
    }
    return verdicts
  }
}
