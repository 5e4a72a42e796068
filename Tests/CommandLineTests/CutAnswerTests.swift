import Foundation
import Sandbox
import TestSupport
import Testing

/// A gateway that ends in the middle of an answer, and its successor.
@Suite struct CutAnswerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An agent that writes two lines of its answer to a message with `long` in it and never ends it, and repeats other
  /// messages, as a program for each message and as one for the conversation.
  private static let programs = [
    "exec": ##"""
    read -r text
    case "$text" in
      *long*) printf 'The first line.\n\nThe second'; sleep 1000;;
      *) printf '%s' "again: $text";;
    esac
    """##,
    "acp": ##"""
    import json, sys, time
    def send(**message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
    def say(text):
        content = {"type": "text", "text": text}
        update = {"sessionUpdate": "agent_message_chunk", "content": content}
        send(method="session/update", params={"sessionId": "s", "update": update})
    for line in sys.stdin:
        message = json.loads(line)
        method, number = message.get("method"), message.get("id")
        if method == "initialize": send(id=number, result={"protocolVersion": 1, "agentCapabilities": {}})
        elif method == "session/new": send(id=number, result={"sessionId": "s"})
        elif method == "session/prompt":
            text = message["params"]["prompt"][-1]["text"]
            if "long" in text:
                say("The first line.\n\nThe second")
                time.sleep(1000)
            say("again: " + text)
            send(id=number, result={"stopReason": "end_turn"})
    """##,
  ]

  private func rules(_ agent: String, hangs: Bool) throws -> String {
    var program = Self.programs[agent, default: ""]
    if !hangs { program = program.replacing("sleep 1000", with: "exit 0").replacing("time.sleep(1000)", with: "pass") }
    let path = try folder.write(program, to: "program")
    return """
      version: 1
      agents:
        exec: { type: exec, command: [sh, "\(path)"] }
        acp: { type: acp, command: [python3, "\(path)"] }
      rules:
        - name: all
          when: { trigger: [mention, dm, command] }
          agent: \(agent)
          session: member
          reply: { stream: true, mention_sender: true }
      """
  }

  private func start(
    _ rules: String, on sandbox: SandboxServer, saying word: String = "Connected."
  ) async throws -> EdgecrabProcess {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--rules", try folder.write(rules, to: "rules.yaml")],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": folder.url.path,
      ])
    try await process.says(word)
    return process
  }

  private func end(_ gateway: EdgecrabProcess, killed: Bool) async throws {
    if killed { gateway.kill() } else { gateway.terminate() }
    _ = try await gateway.ended()
  }

  private func said(_ sandbox: SandboxServer) async throws -> [String] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map(\.message)
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["exec", "acp"], [false, true])
  func `the visible part of an answer stays after a kill, and retry repeats its question`(
    agent: String, isKilled: Bool
  ) async throws {
    try await withSandbox { sandbox in
      let first = try await start(try rules(agent, hangs: true), on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab the long question")
      let shown = "@alice\n\nThe first line.\n\nThe second"
      try await wait(for: "the beginning of the answer") { try await said(sandbox) == [shown] }
      // One that waits, and one that is posted before the first is known to be cut.
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab waiting")
      try await wait(for: "the message to be taken in") {
        try await sandbox.posts(in: "dev").filter { $0.author == "alice" }.count == 2
      }
      try await end(first, killed: isKilled)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab meanwhile")
      #expect(try await said(sandbox) == [shown])

      let second = try await start(try rules(agent, hangs: false), on: sandbox)
      try await wait(for: "all that was asked") { try await said(sandbox).count == 3 }
      let cut =
        "\(shown)\n\n(Interrupted here: I was restarted while the agent `\(agent)` was working on this. "
        + "To ask again, send `!retry`.)"
      try await wait(for: "the note") { try await said(sandbox)[0] == cut }
      #expect(try await said(sandbox).dropFirst() == ["@alice again: waiting", "@alice again: meanwhile"])
      try await sandbox.post(as: "alice", in: "dev", "!retry")
      try await wait(for: "the answer") { try await said(sandbox).count == 4 }
      try await wait(for: "the answer to the long question") {
        try await said(sandbox)[3].hasPrefix("@alice\n\nThe first line.")
      }
      try await end(second, killed: false)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["exec", "acp"])
  func `a retry that was sent while the gateway was down repeats the interrupted question`(agent: String) async throws {
    try await withSandbox { sandbox in
      let first = try await start(try rules(agent, hangs: true), on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab earlier")
      try await wait(for: "an answer") { try await said(sandbox) == ["@alice again: earlier"] }
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab the long question")
      try await wait(for: "the beginning of the answer") { try await said(sandbox).count == 2 }
      try await end(first, killed: true)
      try await sandbox.post(as: "alice", in: "dev", "!retry")
      let second = try await start(try rules(agent, hangs: false), on: sandbox)
      try await wait(for: "the answer") { try await said(sandbox).count == 3 }
      try await wait(for: "the answer to the long question") {
        try await said(sandbox)[2].hasPrefix("@alice\n\nThe first line.")
      }
      try await end(second, killed: false)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: [false, true])
  func `an endpoint is asked again after a restart, and the visible answer does not shrink meanwhile`(isKilled: Bool)
    async throws
  {
    try await withSandbox { sandbox in
      let gate = TestGate()
      let cut = try ChatServer([.head(), .word("One two three"), .hold])
      let whole = try ChatServer(inTurn: [
        [.head(), .word("One"), .wait(gate), .word(" two three four"), .wait(gate), .word(" five"), .finish, .done],
        [.head(), .word("One"), .hold],
      ])
      func rules(_ endpoint: ChatServer) -> String {
        """
        version: 1
        agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test } }
        rules:
          - { name: all, when: { trigger: mention }, agent: coder, reply: { stream: true } }
        """
      }
      let first = try await start(rules(cut), on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab count")
      try await wait(for: "the beginning of the answer") { try await said(sandbox) == ["One two three"] }
      try await end(first, killed: isKilled)
      let second = try await start(rules(whole), on: sandbox)
      _ = try await whole.request()
      // When the beginning of a later answer is visible, that of this one would be.
      try await sandbox.post(as: "bob", in: "town-square", "@edgecrab count")
      _ = try await whole.request()
      _ = try await sandbox.nextPost(within: patience) { $0.author == "edgecrab" && $0.message == "One" }
      #expect(try await said(sandbox) == ["One two three"])
      gate.open()
      try await wait(for: "more of it") { try await said(sandbox) == ["One two three four"] }
      gate.open()
      try await wait(for: "all of it") { try await said(sandbox) == ["One two three four five"] }
      try await end(second, killed: false)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `if the endpoint fails after a restart, the visible part of the answer stays`() async throws {
    try await withSandbox { sandbox in
      func rules(_ endpoint: ChatServer) -> String {
        """
        version: 1
        agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test, retries: 0 } }
        rules:
          - { name: all, when: { trigger: mention }, agent: coder, reply: { stream: true } }
        """
      }
      let first = try await start(rules(try ChatServer([.head(), .word("One two three"), .hold])), on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab count")
      try await wait(for: "the beginning of the answer") { try await said(sandbox) == ["One two three"] }
      try await end(first, killed: true)
      let second = try await start(rules(try ChatServer([.head("500 Oops")])), on: sandbox)
      try await wait(for: "the reason") {
        try await said(sandbox).first?.hasPrefix("One two three\n\nThe agent `coder` got an error from its endpoint")
          == true
      }
      #expect(try await said(sandbox).count == 1)
      try await end(second, killed: false)
    }
  }
}
