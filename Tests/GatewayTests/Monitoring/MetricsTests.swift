import Agents
import ConfigLoader
import Core
import Foundation
import Hooks
import PrometheusMetrics
import RuleEngine
import Sandbox
import Sessions
import TestSupport
import Testing
import Transport

@testable import Gateway
@testable import MattermostIO

/// `/metrics` and `/live`.
@Suite(.timeLimit(.minutes(2))) struct MetricsTests {
  private let registry = PrometheusRegistry(GatewayMetric.allCases.map(\.family))

  /// The lines without comments.
  private var lines: [String] {
    String(decoding: registry.text, as: UTF8.self).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  private static let yaml = """
    version: 1
    agents: { echo: { type: echo }, broken: { type: openai, base_url: "http://127.0.0.1:1/v1", model: m } }
    commands: { bind: { help: { action: help } } }
    rules:
      - { name: shadowed, mode: shadow, when: { channel: dev }, agent: echo }
      - { name: "say \\"hi\\" \\\\ 中文", when: { trigger: [mention], text: { contains: hi } }, say: "hi" }
      - { name: fails, when: { trigger: mention, text: { contains: fail } }, agent: broken }
      - { name: limited, when: { trigger: [mention] }, agent: echo, limit: { per_user: 2/h } }
    """

  /// Runs `body` beside a gateway, with a function that returns the text of a path of its listener.
  private func withGateway(
    _ body: (SandboxServer, _ get: (String) async throws -> RawHTTP) async throws -> Void
  ) async throws {
    try await Setting.with { setting in
      var settings = try setting.settings(rules: Self.yaml)
      settings.listen = try ListenAddress("0")
      try await GatewayTests.withGateway(settings) { report in
        try await setting.sandbox.waitForConnection(within: patience)
        let row = try #require("\(report)".split(separator: "\n").first { $0.contains("  metrics") })
        let url = String(try #require(row.split(separator: " ").last)).replacing("/metrics", with: "")
        try await body(setting.sandbox) { try await RawHTTP.send("GET", url + $0) }
      }
    }
  }

  @Test func `posts, decisions, answers, limits and requests are counted`() async throws {
    try await withGateway { sandbox, get in
      try await sandbox.post(as: "alice", in: "dev", "not for the bot")
      for text in ["hi", "one", "two"] {
        let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(text)")
        _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      }
      let last = try await sandbox.post(as: "alice", in: "dev", "@edgecrab three")
      _ = try await sandbox.nextPost(after: last, within: patience) { $0.author == "edgecrab" }
      var text = ""
      for line in [
        #"edgecrab_build_info{version="\#(UserAgent.version)"} 1"#,
        #"edgecrab_connection_mode{mode="websocket"} 1"#, #"edgecrab_connection_mode{mode="none"} 0"#,
        #"edgecrab_decisions_total{rule="",outcome="no-rule"} 1"#,
        #"edgecrab_decisions_total{rule="say \"hi\" \\ 中文",outcome="say"} 1"#,
        #"edgecrab_decisions_total{rule="limited",outcome="ask"} 3"#,
        #"edgecrab_shadow_hits_total{rule="shadowed"} 5"#, #"edgecrab_limited_total{limit="rule"} 1"#,
        #"edgecrab_limited_total{limit="bots"} 0"#, #"edgecrab_turns_total{agent="echo",outcome="answered"} 2"#,
        #"edgecrab_answer_seconds_count{agent="echo"} 2"#, #"edgecrab_answer_first_word_seconds_count{agent="echo"} 2"#,
        #"edgecrab_outcomes_total{outcome="answered"} 2"#, #"edgecrab_outcomes_total{outcome="said"} 2"#,
        #"edgecrab_rest_requests_total{endpoint="POST /posts",code="201"} 4"#,
        "edgecrab_outbox_replies 0", "edgecrab_outbox_oldest_age_seconds 0", "edgecrab_messages_waiting 0",
        "edgecrab_rules 4", "edgecrab_rules_refused 0", "edgecrab_journal_dropped_total 0",
      ] {
        try await wait(for: "`\(line)` in\n\(text)", every: .milliseconds(100)) {
          text = try await get("/metrics").text
          return text.contains("\n\(line)\n")
        }
      }
      // The first ones may have come before the event socket was open.
      let posts = text.matches(of: /\nedgecrab_posts_total\{author="human",kind="public",source="[a-z]+"\} ([0-9]+)/)
      #expect(posts.compactMap { Int($0.output.1) }.reduce(0, +) == 5)
      // The bot's own posts, and those of the server, are decided, too.
      let decided = try #require(text.firstMatch(of: /\nedgecrab_decide_seconds_count ([0-9]+)\n/)).output.1
      #expect(try #require(Int(decided)) >= 5)
      #expect(
        text.contains(/\nprocess_open_fds [1-9][0-9]*\n/) && text.contains(/\nprocess_cpu_seconds_total [0-9.]+\n/))
      let event = try #require(text.firstMatch(of: /\nedgecrab_last_event_timestamp_seconds ([0-9.]+)\n/)).output.1
      #expect(try #require(Double(event)) > Date().timeIntervalSince1970 - 120)
      #expect(!text.contains(try sandbox.userID("alice")) && !text.contains("alice"), "no ids and no people")
    }
  }

  @Test func `a reply that cannot be posted is in the outbox, and ages`() async throws {
    try await withGateway { sandbox, get in
      await sandbox.misbehave(.posting(.failing, count: 100_000))
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      try await wait(for: "the reply", every: .milliseconds(100)) {
        let text = try await get("/metrics").text
        return text.contains("\nedgecrab_outbox_replies 1\n")
          && text.contains(/\nedgecrab_outbox_oldest_age_seconds [1-9][0-9.]*\n/)
          && text.contains(/\nedgecrab_rest_requests_total\{endpoint="POST \/posts",code="5[0-9]+"\} [1-9]/)
      }
    }
  }

  @Test func `a failing agent is counted with its reason`() async throws {
    try await withGateway { sandbox, get in
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab fail")
      _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      try await wait(for: "the failure", every: .milliseconds(100)) {
        let text = try await get("/metrics").text
        return text.contains("\nedgecrab_turns_total{agent=\"broken\",outcome=\"failed\"} 1\n")
          && text.contains("\nedgecrab_agent_failures_total{agent=\"broken\",reason=\"unreachable\"} 1\n")
          && text.contains("\nedgecrab_turns_total{agent=\"echo\",outcome=\"failed\"} 0\n")
      }
    }
  }

  @Test func `promtool finds nothing to complain about`() async throws {
    try await withGateway { sandbox, get in
      _ = try await sandbox.ask("@edgecrab hi")
      _ = try await sandbox.ask("@edgecrab one")
      let answer = try await get("/metrics")
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let checked = try Prometheus.tool(["check", "metrics"], input: answer.body)
      #expect(checked.status == 0 && checked.output.isEmpty, "\(checked.output)")
    }
  }

  @Test func `while the server does not answer, the gateway is live, not ready and down`() async throws {
    // It accepts connections and sends nothing.
    let server = try TestServer { peer in
      _ = peer.readRequest(); Thread.sleep(forTimeInterval: 60)
    }
    let folder = try TemporaryFolder()
    let address = "127.0.0.1:\(try TestServer.freePort())"
    let settings = GatewaySettings(
      address: try WebAddress(server.url), token: Secret("token"),
      rules: try ValidatedRules(RulesFile.builtIn(environment: [:], now: 0)), listen: try ListenAddress(address),
      home: folder.url.path)
    let starting = Task { try await Gateway.start(settings, logger: .silent) }
    defer { starting.cancel() }
    try await wait(for: "the listener") { (try? await RawHTTP.send("GET", "http://\(address)/live").text) == "live\n" }
    let ready = try await RawHTTP.send("GET", "http://\(address)/ready")
    #expect(ready.status == 503 && ready.text == "not ready\n")
    let health = try await RawHTTP.send("GET", "http://\(address)/health")
    #expect(health.status == 503 && health.text.contains("\"status\" : \"down\""), "\(health.text)")
    let metrics = try await RawHTTP.send("GET", "http://\(address)/metrics")
    #expect(metrics.status == 200 && metrics.text.contains("\nedgecrab_connection_mode{mode=\"none\"} 1\n"))
    starting.cancel()
    _ = await starting.result
    await #expect(throws: (any Error).self, "it has stopped with the start") {
      try await RawHTTP.send("GET", "http://\(address)/live")
    }
  }

  @Test func `the network's thread counts as running only if it runs what it is given`() async throws {
    #expect(await NetworkThreadProbe.shared.isRunning(within: patience))
    let gate = TestGate()
    let blocked = Task(executorPreference: NetworkThread.shared) { gate.wait() }
    for _ in 0..<3 { #expect(await !NetworkThreadProbe.shared.isRunning(within: .milliseconds(20))) }
    gate.open()
    await blocked.value
    #expect(await NetworkThreadProbe.shared.isRunning(within: patience))
  }

  @Test func `of ten thousand rules, only so many have counters of their own`() throws {
    let rules = (0..<10_000).map { "  - { name: \"rule \($0)\", when: { channel: c\($0) }, say: hi }\n" }.joined()
    let compiled = try CompiledRules(try TestSupport.rules("version: 1\nrules:\n" + rules))
    let metrics = GatewayMetrics(registry)
    for rule in 0..<10_000 {
      metrics.record(Decision(outcome: .say(Template("hi")), rule: rule, shadows: [rule]), by: compiled)
    }
    let counted = lines.filter { $0.hasPrefix("edgecrab_decisions_total") }
    #expect(counted.count == 1_001 && counted.contains(#"edgecrab_decisions_total{rule="other",outcome="say"} 9000"#))
    #expect(lines.contains(#"edgecrab_shadow_hits_total{rule="other"} 9000"#))
    #expect(registry.text.count < 300_000)
  }

  @Test func `tokens, cost, hooks, approvals, reloads and losses are counted`() {
    let metrics = GatewayMetrics(registry)
    metrics.record(TokenUsage(input: 7, output: 3, cost: Cost(millionths: 2_500_000, currency: "EUR")), of: "coder")
    metrics.record(TokenUsage(input: 1, output: -1), of: "coder")
    metrics.recordHook(.agentEnd, .failed)
    metrics.record(EventOutcome.approval(agent: "coder", choice: "allow_once", by: "alice"))
    metrics.record(EventOutcome.approval(agent: "coder", choice: nil, by: nil))
    metrics.recordReload(.refused)
    metrics.recordJournalLoss(5)
    metrics.recordReconnect(isResumed: false)
    metrics.record(RequestAttempt(endpoint: .createPost, status: nil, wait: .seconds(2)))
    metrics.outbox.add("a")
    metrics.outbox.add("b")
    metrics.outbox.remove("a")
    #expect(metrics.outbox.status.count == 1 && metrics.outbox.status.oldestAge > .zero)
    for line in [
      #"edgecrab_tokens_total{agent="coder",direction="input"} 8"#,
      #"edgecrab_tokens_total{agent="coder",direction="output"} 3"#,
      #"edgecrab_cost_total{agent="coder",currency="EUR"} 2.5"#,
      #"edgecrab_hook_runs_total{event="agent:end",outcome="failed"} 1"#,
      #"edgecrab_approvals_total{agent="coder",outcome="allow_once"} 1"#,
      #"edgecrab_approvals_total{agent="coder",outcome="none"} 1"#,
      #"edgecrab_rules_reloads_total{outcome="refused"} 1"#, #"edgecrab_rules_reloads_total{outcome="loaded"} 0"#,
      "edgecrab_journal_dropped_total 5", #"edgecrab_reconnects_total{resumed="false"} 1"#,
      #"edgecrab_rest_requests_total{endpoint="POST /posts",code="none"} 1"#,
      #"edgecrab_rest_requests_total{endpoint="GET /users/me",code="401"} 0"#,
      #"edgecrab_rest_wait_seconds_bucket{le="1"} 0"#, #"edgecrab_rest_wait_seconds_bucket{le="5"} 1"#,
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test func `the figures of the process are read, whatever its name is`() throws {
    let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 5 0 0 0 150 50 0 0 20 0 9 0 1234 1000000 25 18446744073709551615 1"
    let figures = try #require(
      ProcessFigures(
        stat: stat, bootedAt: 1_700_000_000, ticksPerSecond: 100, pageBytes: 4096, descriptors: 7))
    #expect(figures.cpuSeconds == 2 && figures.startedAt == 1_700_000_012.34 && figures.virtualBytes == 1_000_000)
    #expect(figures.residentBytes == 25 * 4096 && figures.descriptors == 7 && figures.descriptorsMax > 0)
    for broken in ["", "42 (x", "42 (x) S 1"] {
      #expect(
        ProcessFigures(stat: broken, bootedAt: 1, ticksPerSecond: 100, pageBytes: 1, descriptors: 0) == nil)
    }
    let own = try #require(ProcessFigures.current)
    #expect(abs(own.startedAt - Date().timeIntervalSince1970) < 3_600 * 24 && own.residentBytes > 1_000_000)
  }
}
