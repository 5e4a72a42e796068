import Foundation
import Sandbox
import TestSupport
import Testing

/// The outcomes in the journal of the real program.
@Suite(.timeLimit(.minutes(2))) struct JournalOutcomeTests {
  private let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  private func environment(_ sandbox: SandboxServer) -> [String: String] {
    ["EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
  }

  private func start(_ rules: String, on sandbox: SandboxServer) async throws -> EdgecrabProcess {
    _ = try home.write(rules, to: "rules.yaml")
    let gateway = try EdgecrabProcess(["gateway", "start"], environment: environment(sandbox))
    try await gateway.says("Connected.")
    return gateway
  }

  /// Returns a file with these agents and rules.
  private func file(_ agents: String, _ rules: String, more: String = "") -> String {
    """
    version: 1
    agents: { \(agents) }
    \(more)
    rules: [\(rules)]
    """
  }

  private func journal(_ arguments: String...) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "journal"] + arguments, environment: ["EDGECRAB_HOME": home.url.path]).ended()
  }

  /// Waits until a line of the journal matches an expression, and returns that line.
  @discardableResult
  private func line(_ expression: String, _ arguments: String...) async throws -> String {
    var seen = ""
    var found: Substring?
    try await wait(for: "`\(expression)` in the journal, which has:\n\(seen)") {
      seen = try await EdgecrabProcess(
        ["rules", "journal"] + arguments, environment: ["EDGECRAB_HOME": home.url.path]
      ).ended().output
      let regex = try Regex(expression)
      found = seen.split(separator: "\n").first { $0.firstMatch(of: regex) != nil }
      return found != nil
    }
    return String(found ?? "")
  }

  @Test func `outcomes of messages are listed, one line each`() async throws {
    try await withSandbox { sandbox in
      let rules = file(
        "echo: { type: echo }",
        """
        { name: trial, when: { text: twice }, agent: echo, mode: shadow },
        { name: once, when: { mention: direct, text: twice }, agent: echo, limit: { per_user: 1/hour } },
        { name: fixed, when: { text: fixed }, say: "A fixed text." },
        { name: talk, when: { trigger: [mention, command] }, agent: echo }
        """)
      let gateway = try await start(rules, on: sandbox)
      for text in [
        "@edgecrab hello", "fixed", "@edgecrab !status", "lunch?", "@edgecrab twice", "@edgecrab twice", "@edgecrab",
      ] { try await sandbox.post(as: "bob", in: "dev", text) }
      let stamp = #"^\d\d-\d\d \d\d:\d\d:\d\d @bob +~dev +"#
      let listed = try await line(stamp + #"talk +answered by echo in [\d.]+ m?s$"#)
      #expect(listed.count <= 80, "\(listed)")
      try await line(stamp + #"fixed +replied in [\d.]+ m?s$"#)
      try await line(stamp + #"talk !status +done in [\d.]+ m?s$"#)
      try await line(stamp + #"no rule +ignored$"#)
      try await line(stamp + #"once +answered by echo in [\d.]+ m?s \(shadow: trial\)$"#)
      try await line(stamp + #"once +limited for 3[56]\d\d s \(shadow: trial\)$"#)
      try await line(stamp + #"talk +turned away: nothing was asked$"#)
      #expect(try await journal().output.hasSuffix("shadow rules would have decided: `trial` 2\n"))

      // The reason is available while it waits.
      try await sandbox.post(as: "alice", in: "ops", "@edgecrab hi")
      try await line(#"@alice +~ops +talk +answered"#, "--user", "@Alice", "--channel", "~ops", "--last", "2h")
      for (arguments, expected) in [
        (["--user", "bob", "--outcome", "limited"], 1), (["--outcome", "ignored"], 1), (["--rule", "trial"], 2),
        (["--rule", "fixed"], 1), (["--last", "3"], 3), (["--user", "alice", "--channel", "dev"], 0),
        (["--since", "1h", "--until", "0s"], 8), (["--outcome", "answered", "--rule", "talk"], 2),
      ] {
        let ended = try await EdgecrabProcess(
          ["rules", "journal", "--format", "json"] + arguments, environment: ["EDGECRAB_HOME": home.url.path]
        ).ended()
        guard arguments.last != "0s" else {
          #expect(ended.status == 64 && ended.errors.contains("is not a time"), "\(ended.errors)")
          continue
        }
        #expect(ended.output.split(separator: "\n").count == expected, "\(arguments): \(ended.output)")
        let errors = expected == 0 ? "edgecrab: the journal contains no matching events\n" : ""
        #expect(ended.errors == errors, "\(arguments): \(ended.errors)")
      }
      let wrong = try await journal("--outcome", "limted")
      #expect(wrong.status == 64 && wrong.errors.contains("did you mean `limited`?"), "\(wrong.errors)")

      // The export is a file of events, with and without outcomes.
      let exported = try await journal("--format", "json").output
      #expect(exported.contains(#""outcome":"answered","agent":"echo","posts":1"#), "\(exported)")
      #expect(!exported.contains("hello"))
      let export = try home.write(exported, to: "export.jsonl")
      let replayed = try await EdgecrabProcess(
        ["rules", "replay", "--rules", home.path("rules.yaml"), "--exit-code", export]
      ).ended()
      #expect(replayed.status == 0, "\(replayed.output)\(replayed.errors)")
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `a cancelled and a failed message are listed with the hook or agent, and without any text`() async throws {
    _ = try home.write("{ name: guard, events: ['agent:start', 'command:*'] }", to: "hooks/guard/HOOK.yaml")
    let handler = try home.write(
      "#!/bin/sh\ngrep -q secret && echo '{\"cancel\": true, \"reason\": \"Not that secret.\"}'\nexit 0\n",
      to: "hooks/guard/handler")
    #expect(chmod(handler, 0o755) == 0)
    try await withSandbox { sandbox in
      let rules = file(
        #"broken: { type: exec, shell: "echo my secret >&2; exit 3" }, echo: { type: echo }"#,
        """
        { name: breaks, when: { mention: direct, text: break }, agent: broken },
        { name: talk, when: { trigger: [mention, command] }, agent: echo }
        """)
      let gateway = try await start(rules, on: sandbox)
      for text in ["@edgecrab a secret", "@edgecrab !help secret", "@edgecrab break"] {
        try await sandbox.post(as: "bob", in: "dev", text)
      }
      try await line(#"talk +cancelled by hook guard$"#)
      try await line(#"talk !help +cancelled by hook guard$"#)
      try await line(#"breaks +failed: broken, program failed$"#)
      gateway.terminate()
      _ = try await gateway.ended()
    }
    for name in ["journal.sqlite", "journal.sqlite-wal"] {
      let bytes = FileManager.default.contents(atPath: home.path(name)) ?? Data()
      #expect(bytes.range(of: Data("secret".utf8)) == nil)
    }
  }

  @Test func `stopped answers are listed with their cause, also those that waited`() async throws {
    try await withSandbox { sandbox in
      let rules = file(
        #"slow: { type: exec, shell: "sleep 60" }"#,
        "{ name: talk, when: { trigger: [mention, command] }, agent: slow, busy: { mode: queue, max: 1 } }")
      let gateway = try await start(rules, on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
      try await line(#"@alice .* no outcome yet$"#, "--outcome", "pending")
      try await sandbox.post(as: "bob", in: "dev", "@edgecrab two")
      try await sandbox.post(as: "mallory", in: "dev", "@edgecrab three")
      try await line(#"@mallory .* turned away: too many messages wait in this conversation$"#)
      try await sandbox.post(as: "carol.o-brien", in: "dev", "@edgecrab !stop")
      try await line(#"@alice .* stopped by @carol.o-brien$"#)
      try await line(#"@bob .* stopped by @carol.o-brien$"#)
      try await line(#"@carol.o-brien .* done in"#)
      let deleted = try await sandbox.post(as: "alice", in: "dev", "@edgecrab four")
      try await line(#"@alice .* no outcome yet$"#)
      try await sandbox.delete(deleted, as: "alice")
      try await line(#"@alice .* stopped: deleted$"#)
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `an answer that cannot be posted is listed as dropped, or as sent directly`() async throws {
    try await withSandbox { sandbox in
      let gate = TestGate()
      let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
      defer { gate.open() }
      let rules = file(
        #"echo: { type: openai, base_url: "\#(endpoint.url)", model: test }"#,
        "{ name: talk, when: { trigger: mention }, agent: echo }")
      let gateway = try await start(rules, on: sandbox)
      let post = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      _ = try await endpoint.request()
      try await sandbox.moderate("dev")
      gate.open()
      try await line(#"talk +dropped: the answer was refused repeatedly \(403\); sent as a direct message$"#)
      let explained = try await EdgecrabProcess(
        ["rules", "explain", "--post", post], environment: ["EDGECRAB_HOME": home.url.path]
      ).ended()
      let said = explained.output.split { $0.isWhitespace }.joined(separator: " ")
      #expect(
        said.contains("The gateway decided: rule `talk` asks agent `echo` (session: channel). Outcome: dropped"),
        "\(said)")
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `a message of a killed gateway is listed as resumed, with its final outcome`() async throws {
    try await withSandbox { sandbox in
      let gate = TestGate()
      let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
      defer { gate.open() }
      let rules = file(
        #"slow: { type: openai, base_url: "\#(endpoint.url)", model: test }"#,
        "{ name: talk, when: { trigger: mention }, agent: slow }")
      var gateway = try await start(rules, on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
      try await line("no outcome yet$")
      gateway.kill()
      _ = try await gateway.ended()
      gateway = try await start(rules, on: sandbox)
      try await line("resumed after a restart$", "--outcome", "pending")
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
      try await line("resumed after a restart; left for the next start$")
      // Those of earlier gateways wait as well.
      for _ in 1...3 { gate.open() }
      gateway = try await start(rules, on: sandbox)
      try await line(#"left for the next start; resumed after a restart; answered by slow in [\d.]+ m?s$"#)
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test(.enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"))
  func `answers to an agent's question are listed with user and choice`() async throws {
    let words = ACPProgram.command.map { "\"\($0)\"" }.joined(separator: ", ")
    let variables = ACPProgram.environment.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
    try await withSandbox { sandbox in
      let rules = file(
        "coder: { type: acp, command: [\(words)], env: { \(variables.joined(separator: ", ")) } }",
        "{ name: talk, when: { trigger: mention }, agent: coder }")
      let gateway = try await start(rules, on: sandbox)
      let asked = try await sandbox.post(as: "alice", in: "dev", "@edgecrab permit a")
      let question = try await sandbox.nextPost(after: asked, within: patience) {
        $0.message.contains("asks for permission")
      }
      let number = try #require(
        question.message.split(separator: "\n").first { $0.contains("Allow once") }?.prefix { $0.isNumber })
      let answer = try await sandbox.post(as: "alice", in: "dev", String(number), root: asked)
      try await line(#"talk +@alice answered coder: allow once; answered by coder in"#)
      try await line(#"@alice +~dev +- +answers a permission request$"#)
      let explained = try await EdgecrabProcess(
        ["rules", "explain", "--post", answer], environment: ["EDGECRAB_HOME": home.url.path]
      ).ended()
      #expect(
        explained.output.contains("\nThe gateway did not try the rules: a permission request was open. Outcome:"),
        "\(explained.output)")
      // The rules do not decide it, then or in a replay.
      let replayed = try await EdgecrabProcess(
        ["rules", "replay", "--rules", home.path("rules.yaml")], environment: ["EDGECRAB_HOME": home.url.path]
      ).ended()
      #expect(replayed.output.contains("decides 1 event:"), "\(replayed.output)")
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `a followed list shows new events and their outcomes`() async throws {
    try await withSandbox { sandbox in
      let rules = file(
        #"slow: { type: exec, shell: "sleep 60" }"#,
        "{ name: talk, when: { trigger: [mention, command] }, agent: slow }")
      let gateway = try await start(rules, on: sandbox)
      try await sandbox.post(as: "bob", in: "dev", "lunch?")
      try await line("no rule +ignored$")
      let following = try EdgecrabProcess(
        ["rules", "journal", "--follow", "--channel", "dev"], environment: ["EDGECRAB_HOME": home.url.path])
      try await following.says("ignored")
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
      try await following.says("no outcome yet")
      try await sandbox.post(as: "alice", in: "ops", "@edgecrab elsewhere")
      try await sandbox.post(as: "bob", in: "dev", "@edgecrab !stop")
      try await following.says("stopped by @bob")
      #expect(!following.said.contains("~ops"))
      following.interrupt()
      _ = try await following.ended()
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `explain says that the bot is not in the channel of a post, and shows the recorded decision of another`()
    async throws
  {
    try await withSandbox { sandbox in
      let rules = file("echo: { type: echo }", "{ name: talk, when: { trigger: mention }, agent: echo }")
      let gateway = try await start(rules, on: sandbox)
      func explain(_ post: String, _ more: String...) async throws -> String {
        try await EdgecrabProcess(
          ["rules", "explain", "--online", post] + more, environment: environment(sandbox)
        ).ended().output.split { $0.isWhitespace }.joined(separator: " ")
      }
      let unheard = try await sandbox.post(as: "alice", in: "random", "@edgecrab hello?")
      let said = try await explain(unheard)
      #expect(
        said.contains(
          "The bot is not a member of ~random, so it does not receive this post. Add it to the channel. "
            + "As a member: The agent `echo` is asked"), "\(said)")
      #expect(try await explain(unheard, "--format", "json").contains(#""member": false"#))
      let heard = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await line("talk +answered by echo in")
      let both = try await explain(heard)
      #expect(both.contains("The agent `echo` is asked, by the rule `talk`"), "\(both)")
      #expect(both.contains("Outcome: answered by echo in"), "\(both)")
      #expect(!both.contains("not a member"))
      gateway.terminate()
      _ = try await gateway.ended()
    }
  }

  @Test func `a gateway on its sandbox records a journal, and prints its path`() async throws {
    let gateway = try EdgecrabProcess(["gateway", "start", "--sandbox"])
    try await gateway.says("edgecrab rules journal --follow")
    let folder = try #require(gateway.said.firstMatch(of: /EDGECRAB_HOME=(\S+) edgecrab rules journal/)?.1)
    let listed = try await EdgecrabProcess(["rules", "journal"], environment: ["EDGECRAB_HOME": String(folder)]).ended()
    #expect(listed.status == 0, "\(listed.errors)")
    #expect(gateway.said.contains("in \(folder)/journal.sqlite"))
    gateway.terminate()
    #expect(try await gateway.ended().status == 0)
    #expect(!FileManager.default.fileExists(atPath: String(folder)))
  }
}
