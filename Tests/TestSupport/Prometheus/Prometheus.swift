package import Foundation

/// A Prometheus that scrapes an address, from `scripts/install-prometheus.sh`.
package final class Prometheus: Sendable {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardized

  /// A file of the package.
  package static func packaged(_ path: String) -> URL { root.appending(path: "packaging/\(path)") }

  private static let programs = root.appending(path: ".build-prometheus/usr/bin")

  /// The result of a query.
  package struct Sample: Sendable, Equatable {
    package let labels: [String: String]
    package let value: Double
  }

  private let folder: TemporaryFolder
  private let process: Process
  private let url: String

  /// Starts a Prometheus that scrapes an address each second as the job `edgecrab`, with the alert rules of the package.
  package init(scraping target: String) async throws {
    folder = try TemporaryFolder()
    let configuration = try folder.write(
      """
      global: { scrape_interval: 1s, evaluation_interval: 1s }
      rule_files: ['\(Self.packaged("prometheus/alerts.yml").path)']
      scrape_configs: [{ job_name: edgecrab, static_configs: [{ targets: ['\(target)'] }] }]
      """, to: "prometheus.yml")
    let address = "127.0.0.1:\(try TestServer.freePort())"
    url = "http://\(address)"
    process = try Self.process(
      "prometheus",
      [
        "--config.file=\(configuration)", "--storage.tsdb.path=\(folder.path("data"))",
        "--web.listen-address=\(address)",
      ])
    let log = FileHandle(forWritingAtPath: try folder.write("", to: "log"))
    process.standardOutput = log
    process.standardError = log
    try process.run()
    try await wait(for: "Prometheus to start, which said: \(said)") {
      (try? await RawHTTP.send("GET", url + "/-/ready").status) == 200
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// What it has logged.
  package var said: String { (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? "" }

  /// Returns the present values of an expression.
  package func values(of expression: String) async throws -> [Sample] {
    let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let answer = try await RawHTTP.send("GET", url + "/api/v1/query?query=\(query)")
    let response = try JSONDecoder().decode(Response.self, from: Data(answer.body))
    return response.data.result.map { result in
      Sample(labels: result.metric, value: Double(result.value.last?.text ?? "") ?? .nan)
    }
  }

  private struct Response: Decodable {
    struct Result: Decodable {
      let metric: [String: String]
      let value: [Value]
    }
    struct Contents: Decodable { let result: [Result] }
    let data: Contents
  }

  /// A time, which is a number, or a value, which is a string.
  private struct Value: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      text = (try? container.decode(String.self)) ?? ""
    }
  }

  /// Runs promtool, and returns its status and what it prints.
  package static func tool(
    _ arguments: [String], input: [UInt8] = [], in folder: URL? = nil
  ) throws -> (status: Int32, output: String) {
    let files = try TemporaryFolder()
    let process = try process("promtool", arguments)
    if let folder { process.currentDirectoryURL = folder }
    try Data(input).write(to: files.url.appending(path: "input"))
    let output = FileHandle(forWritingAtPath: try files.write("", to: "output"))
    process.standardInput = try FileHandle(forReadingFrom: files.url.appending(path: "input"))
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: files.path("output"), encoding: .utf8))
  }

  private static func process(_ name: String, _ arguments: [String]) throws -> Process {
    let program = programs.appending(path: name)
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw TestFailure("\(program.path) is missing; run scripts/install-prometheus.sh")
    }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    return process
  }
}
