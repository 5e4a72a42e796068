import Core
import Foundation
import Gateway
import Logging
import Sandbox
import Sessions
import TestSupport
import Testing

/// Two gateways with the same token.
@Suite struct DuplicateGatewayTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    commands: { bind: { help: { action: help }, status: { action: status } } }
    rules:
      - { name: talk, when: { trigger: [mention, dm, command] }, agent: echo }
    """

  private func health(_ report: StartReport) async throws -> [String: Any] {
    let line = try #require("\(report)".split(separator: "\n").first { $0.contains("/health") })
    let answer = try await RawHTTP.send("GET", String(try #require(line.split(separator: " ").last)))
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
  }

  private func settings(_ setting: Setting, _ intervals: Intervals) throws -> GatewaySettings {
    var settings = try setting.settings(rules: Self.rules, intervals: intervals)
    settings.listen = try ListenAddress("0")
    return settings
  }

  private static var atOnce: Intervals {
    var intervals = Intervals()
    intervals.predecessor = .zero
    return intervals
  }

  @Test(.timeLimit(.minutes(1)))
  func `another gateway with the same token is detected by its posts, and reported in log, health and status`()
    async throws
  {
    let messages = AsyncQueue<String>()
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let folder = try TemporaryFolder()
      var other = try setting.settings(
        rules: Self.rules.replacing("talk,", with: "other, ").replacing(
          "trigger: [mention, dm, command]", with: "text: other"))
      other.home = folder.url.path
      other.store = .file(folder.path("edgecrab.sqlite"))
      other.journalPath = nil
      let gateway = try await Gateway.start(
        try settings(setting, Self.atOnce), logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) })
      let running = Task { try await gateway.run() }
      try await withGateway(other) { _ in
        try await sandbox.waitForConnection(within: patience)
        try await setting.ask("@edgecrab hi")
        try await wait(for: "the connection") { try await health(gateway.report)["status"] as? String == "ok" }
        for _ in 1...2 { try await setting.ask("other") }
        try await wait(for: "health to tell") { try await health(gateway.report)["status"] as? String == "degraded" }
        #expect((try await health(gateway.report)["other_gateway"] as? [String: Any])?["last_seen"] is String)
        #expect(try await setting.ask("!status").message.contains("| Gateways | another one uses the same token"))
      }
      running.cancel()
      try await running.value
    }
    messages("end")
    var told = 0
    while let message = await messages.next(), message != "end" {
      if message.hasPrefix("another gateway uses the same token") { told += 1 }
    }
    #expect(told == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func `neither a restart nor a late post of an earlier run counts as another gateway`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      for _ in 1...2 {
        try await withGateway(try settings(setting, Self.atOnce)) { report in
          try await sandbox.waitForConnection(within: patience)
          #expect(try await !setting.ask("@edgecrab /status").message.contains("Gateways"))
          #expect(try await health(report)["other_gateway"] == nil)
        }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab while away")
      }
      try await withGateway(try settings(setting, Intervals())) { report in
        try await sandbox.waitForConnection(within: patience)
        try await sandbox.post(
          as: "edgecrab", in: "dev", "late", props: ["edgecrab": "p-0", "edgecrab_instance": "predecessor"])
        #expect(try await !setting.ask("!status").message.contains("Gateways"))
        #expect(try await health(report)["other_gateway"] == nil)
      }
    }
  }
}
