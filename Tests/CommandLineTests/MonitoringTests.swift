import Foundation
import Sandbox
import TestSupport
import Testing

/// The listener of the real program: its option and its variable, Prometheus, and a flood.
@Suite(.timeLimit(.minutes(2))) struct MonitoringTests {
  private func start(
    _ arguments: [String] = [], _ more: [String: String] = [:], on sandbox: SandboxServer
  ) throws -> EdgecrabProcess {
    try EdgecrabProcess(
      ["gateway", "start"] + arguments,
      environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken].merging(more) { $1 })
  }

  /// Returns the address in the start report.
  private func address(_ process: EdgecrabProcess) async throws -> String {
    try await process.says("Connected.")
    let row = try #require(process.said.split(separator: "\n").first { $0.hasPrefix("  metrics") }, "\(process.said)")
    return String(try #require(row.firstMatch(of: /http:\/\/(.*)\/metrics/)).output.1)
  }

  @Test func `Prometheus scrapes the gateway, and its alert rules are silent`() async throws {
    try await withSandbox { sandbox in
      let process = try start(["--listen", "0"], on: sandbox)
      let target = try await address(process)
      let prometheus = try await Prometheus(scraping: target)
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      func values(of expression: String, are expected: [Double]) async throws {
        var values: [Prometheus.Sample] = []
        try await wait(for: "\(expression): \(values)\n\(prometheus.said)", every: .milliseconds(200)) {
          values = try await prometheus.values(of: expression)
          return values.map(\.value) == expected
        }
      }
      try await values(of: "up", are: [1])
      try await values(of: "sum(edgecrab_decisions_total{outcome=\"ask\"})", are: [1])
      try await values(of: "edgecrab_connection_mode{mode=\"websocket\"}", are: [1])
      try await values(of: "sum(edgecrab_answer_seconds_count)", are: [1])
      try await values(of: "edgecrab_decide_seconds_bucket{le=\"+Inf\"} >= bool 1", are: [1])
      try await values(of: "process_open_fds > bool 3", are: [1])
      #expect(try await prometheus.values(of: "ALERTS").isEmpty)
      process.terminate()
      #expect(try await process.ended().status == 0)
      try await values(of: "up", are: [0])
      try await values(of: "count(ALERTS{alertname=\"EdgecrabDown\"})", are: [1])
    }
  }

  @Test func `the variable gives the address, the option wins, and an empty one means none`() async throws {
    try await withSandbox { sandbox in
      let ports = (one: try TestServer.freePort(), other: try TestServer.freePort())
      let byVariable = try start([], ["EDGECRAB_LISTEN": "127.0.0.1:\(ports.one)"], on: sandbox)
      #expect(try await address(byVariable) == "127.0.0.1:\(ports.one)")
      byVariable.terminate()
      let byOption = try start(["--health", "\(ports.other)"], ["EDGECRAB_LISTEN": "\(ports.one)"], on: sandbox)
      #expect(try await address(byOption) == "127.0.0.1:\(ports.other)")
      #expect(try await RawHTTP.send("GET", "http://127.0.0.1:\(ports.other)/live").text == "live\n")
      byOption.terminate()
      _ = try await byOption.ended()
      let none = try start([], ["EDGECRAB_LISTEN": ""], on: sandbox)
      try await none.says("Connected.")
      #expect(!none.said.contains("metrics"), "\(none.said)")
      none.terminate()
    }
  }

  @Test func `a wrong variable, two options and a used port are refused with a sentence`() async throws {
    try await withSandbox { sandbox in
      let wrong = try await start([], ["EDGECRAB_LISTEN": "chat:80"], on: sandbox).ended()
      #expect(wrong.status == 1)
      #expect(
        wrong.errors == "edgecrab: EDGECRAB_LISTEN: `chat` is not an IP address; use one like 127.0.0.1:8081 or "
          + "[::1]:8081\n")
      let both = try await start(["--listen", "1", "--health", "2"], on: sandbox).ended()
      #expect(both.status == 64 && both.errors.contains("--health is the older name of --listen: use one of them"))
      let used = sandbox.url.replacing("http://", with: "")
      let refused = try await start(["--listen", used], on: sandbox).ended()
      #expect(refused.status == 1)
      #expect(
        refused.errors.hasSuffix(
          "edgecrab: cannot listen on \(used) for monitoring: address already in use; choose another address or port\n"),
        "\(refused.errors)")
    }
  }

  @Test func `a flood of requests is answered, and so are people meanwhile`() async throws {
    try await withSandbox { sandbox in
      let process = try start(["--listen", "0"], on: sandbox)
      let url = "http://\(try await address(process))"
      let answers = Counter()
      try await withThrowingTaskGroup { group in
        for worker in 0..<16 {
          group.addTask {
            for number in 0..<100 {
              let path = ["/metrics", "/live", "/ready", "/health"][(worker + number) % 4]
              let head = number.isMultiple(of: 3)
              let answer = try await RawHTTP.send(head ? "HEAD" : "GET", url + path)
              guard answer.status == 200, answer.body.isEmpty == head, answer.headers["content-length"] != "0" else {
                throw TestFailure("\(path) has status \(answer.status) and \(answer.body.count) bytes")
              }
              answers.increment()
            }
          }
        }
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
        _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
        try await group.waitForAll()
      }
      #expect(answers.count == 1_600)
      for (method, path, status) in [("POST", "/metrics", 405), ("DELETE", "/live", 405), ("GET", "/metrics/x", 404)] {
        #expect(try await RawHTTP.send(method, url + path).status == status)
      }
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }
}
