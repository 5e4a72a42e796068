import BenchSupport
import Foundation
import TestSupport

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
    // `EDGECRAB_LISTEN=0` measures it with its metrics.
    let listen = ProcessInfo.processInfo.environment["EDGECRAB_LISTEN"] ?? ""
    return try Subject(
      gateway: edgecrab, url: url, token: token, rules: rules, under: tool, ["EDGECRAB_LISTEN": listen],
      in: try TemporaryFolder())
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
