import Foundation
import Sandbox
import TestSupport
import Testing

/// The traces that a real gateway exports, read by OpenTelemetry's own definition.
@Suite(
  .enabled(if: TraceCollector.canRead, "scripts/install-otlp.sh could not install opentelemetry-proto"),
  .timeLimit(.minutes(2)))
struct TraceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let key = "sk-very-secret-indeed"
  private static let question = "what-nobody-may-read"
  private static let answer = "nothing-to-see-here"

  private func start(
    _ agent: String, on sandbox: SandboxServer, to collector: String, _ more: [String: String] = [:]
  ) async throws -> EdgecrabProcess {
    let rules = try folder.write(
      """
      version: 1
      access: { users: '*' }
      agents:
        coder: \(agent)
      rules:
        - name: all of it
          when: { trigger: [mention, dm, command] }
          agent: coder
      """, to: "rules.yaml")
    let environment = [
      "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": folder.url.path,
      "OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "50", "KEY": Self.key,
    ]
    let process = try EdgecrabProcess(
      ["gateway", "start", "--log-level", "trace", "--rules", rules], environment: environment.merging(more) { $1 })
    try await process.says("Connected.")
    return process
  }

  /// Waits until the bot has posted a text in the channel.
  private func answered(_ text: String, in sandbox: SandboxServer) async throws {
    try await wait(for: "the answer `\(text)`", every: .milliseconds(20)) {
      try await sandbox.posts(in: "dev").contains { $0.author == "edgecrab" && $0.message.contains(text) }
    }
  }

  private func stop(_ process: EdgecrabProcess) async throws {
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  @Test func `a mention is one trace from the post to the reply, without a word of it`() async throws {
    let endpoint = try ChatServer([
      .head(), .word(Self.answer),
      .event(#"{"model":"qwen3-coder-30b","choices":[{"delta":{},"finish_reason":"stop"}]}"#),
      .event(#"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":3}}"#), .done,
    ])
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let agent = "{ type: openai, base_url: '\(endpoint.url)', model: qwen3-coder, api_key: '${KEY}' }"
      let process = try await start(agent, on: sandbox, to: collector.url)
      _ = try await sandbox.post(as: "bob", in: "dev", "not for the bot")
      let post = try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(Self.question)")
      let request = try await endpoint.request()
      try await answered(Self.answer, in: sandbox)
      try await stop(process)
      let spans = try await collector.spans()

      let root = try #require(spans.named("post").first)
      #expect(spans.allSatisfy { $0.trace == root.trace }, "one trace, and none of the post that was not for the bot")
      #expect(root.parent == "" && root.kind == "consumer" && root.service == "edgecrab" && root.scope == "edgecrab")
      #expect(
        root.attributes == [
          "messaging.system": "mattermost", "messaging.operation.type": "process", "messaging.message.id": post,
        ])
      let decide = try #require(spans.named("decide").first)
      #expect(decide.parent == root.id && decide.start == root.start && decide.end <= root.end)
      #expect(decide.attributes == ["edgecrab.decision": "ask", "edgecrab.rule": "all of it"])
      let turn = try #require(spans.named("turn").first)
      #expect(turn.parent == root.id && turn.start >= decide.end && turn.kind == "internal")
      #expect(turn.attributes == ["gen_ai.agent.name": "coder", "edgecrab.turn.end": "answered"])

      let chat = try #require(spans.named("chat qwen3-coder").first)
      #expect(chat.parent == turn.id && chat.kind == "client" && !chat.isError)
      #expect(chat.start >= turn.start && chat.end <= turn.end)
      let port = try #require(URL(string: endpoint.url)?.port)
      #expect(
        chat.attributes == [
          "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.agent.name": "coder",
          "gen_ai.request.model": "qwen3-coder", "gen_ai.response.model": "qwen3-coder-30b",
          "gen_ai.response.finish_reasons": "['stop']", "gen_ai.usage.input_tokens": "11",
          "gen_ai.usage.output_tokens": "3", "http.response.status_code": "200", "server.address": "127.0.0.1",
          "server.port": "\(port)",
        ], "\(chat.attributes)")
      #expect(request.headers["traceparent"] == "00-\(root.trace)-\(chat.id)-01")

      let reply = try #require(spans.named("POST /api/v4/posts").first)
      #expect(reply.parent == turn.id && reply.kind == "client" && reply.start >= chat.end && reply.end <= turn.end)
      #expect(reply.attributes["http.request.method"] == "POST" && reply.attributes["url.template"] == "/api/v4/posts")
      #expect(reply.attributes["http.response.status_code"] == "201")
      #expect(Set(spans.map(\.id)).count == spans.count && spans.allSatisfy { $0.end >= $0.start })

      let sent = collector.bodies.joined()
      for word in [Self.question, Self.answer, Self.key, sandbox.botToken, "alice", "@", "not for the bot"] {
        #expect(!sent.contains(word), "\(word)")
      }
      #expect(!spans.contains { $0.name.contains(post) })
    }
    await collector.stop()
  }

  @Test func `a program and its hooks are told of the span that they work for`() async throws {
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let hook = try folder.write("#!/bin/sh\necho $TRACEPARENT > traceparent\n", to: "hooks/note/handler")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
      _ = try folder.write("{ name: note, events: ['agent:start'] }", to: "hooks/note/HOOK.yaml")
      let process = try await start(
        #"{ type: exec, shell: 'echo "span $TRACEPARENT headers $OTEL_EXPORTER_OTLP_HEADERS"' }"#, on: sandbox,
        to: collector.url, ["OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20\(Self.key)"])
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await answered("span 00-", in: sandbox)
      try await stop(process)
      let spans = try await collector.spans()
      let turn = try #require(spans.named("turn").first)
      let agent = try #require(spans.named("invoke_agent coder").first)
      #expect(agent.parent == turn.id && agent.kind == "internal")
      #expect(agent.attributes == ["gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "coder"])
      let answer = try #require(try await sandbox.posts(in: "dev").last { $0.author == "edgecrab" }?.message)
      #expect(answer.contains("span 00-\(agent.trace)-\(agent.id)-01 headers"), "\(answer)")
      #expect(!answer.contains(Self.key))
      let seen = try String(contentsOfFile: folder.path("hooks/note/traceparent"), encoding: .utf8)
      #expect(seen == "00-\(turn.trace)-\(turn.id)-01\n")
      #expect(collector.authorizations == ["Bearer \(Self.key)"] && !process.said.contains(Self.key))
    }
    await collector.stop()
  }

  @Test func `an agent that fails is an error in its span and in the turn, and a retry is a span of its own`()
    async throws
  {
    let endpoint = try ChatServer(inTurn: [[.head("503 Service Unavailable")], [.head("401 Unauthorized")]])
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let process = try await start(
        "{ type: openai, base_url: '\(endpoint.url)', model: m }", on: sandbox, to: collector.url)
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await answered("API key", in: sandbox)
      try await stop(process)
      let spans = try await collector.spans()
      let turn = try #require(spans.named("turn").first)
      #expect(turn.isError && turn.attributes["error.type"] == "unauthorized")
      #expect(turn.attributes["edgecrab.turn.end"] == "failed")
      let attempts = spans.named("chat m")
      #expect(attempts.map(\.isError) == [true, true] && attempts.allSatisfy { $0.parent == turn.id })
      #expect(attempts.map { $0.attributes["error.type"] } == ["brokenEndpoint", "unauthorized"])
      #expect(attempts.map { $0.attributes["http.response.status_code"] } == ["503", "401"])
    }
    await collector.stop()
  }

  @Test func `a turn that a restart continues is a trace of its own, linked to the first`() async throws {
    let collector = try await TraceCollector.start()
    let endpoint = try ChatServer(inTurn: [[.head(), .hold], [.head(), .word(Self.answer), .finish, .done]])
    try await withSandbox { sandbox in
      let agent = "{ type: openai, base_url: '\(endpoint.url)', model: m }"
      let first = try await start(agent, on: sandbox, to: collector.url)
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      let request = try await endpoint.request()
      try await stop(first)
      let second = try await start(agent, on: sandbox, to: collector.url)
      try await answered(Self.answer, in: sandbox)
      try await stop(second)
      let spans = try await collector.spans()
      let roots = spans.named("post")
      #expect(roots.count == 2 && roots[0].trace != roots[1].trace && roots[0].links.isEmpty)
      #expect(request.headers["traceparent"]?.contains(roots[0].trace) == true)
      #expect(roots[1].links == [roots[0].trace] && roots[1].attributes["edgecrab.resumed"] == "True")
      let turns = spans.named("turn")
      #expect(turns.map(\.parent) == roots.map(\.id))
      #expect(turns.map { $0.attributes["edgecrab.turn.end"] } == [nil, "answered"])
    }
    await collector.stop()
  }

  @Test func `each message of a conversation has a trace of its own, whichever ended before it`() async throws {
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let process = try await start(
        "{ type: exec, shell: 'read -r text; sleep 0.2; echo \"done: $text\"' }", on: sandbox, to: collector.url)
      for number in 1...3 { _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab number \(number)") }
      for number in 1...3 { try await answered("done: number \(number)", in: sandbox) }
      try await stop(process)
      let traces = Dictionary(grouping: try await collector.spans(), by: \.trace).values
      #expect(traces.count == 3)
      for spans in traces {
        let root = try #require(spans.named("post").first)
        let turn = try #require(spans.named("turn").first)
        #expect(turn.parent == root.id)
        #expect(spans.named("invoke_agent coder").map(\.parent) == [turn.id])
        #expect(spans.named("POST /api/v4/posts").map(\.parent) == [turn.id])
        #expect(Set(spans.map(\.parent)).isSubset(of: Set(spans.map(\.id) + [""])))
      }
    }
    await collector.stop()
  }

  /// An ACP agent that answers with the trace context of the prompt and that of its environment, and asks for permission
  /// if the message says so.
  private static let acp = ##"""
    import json, os, sys
    def send(**message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        method, number = message.get("method"), message.get("id")
        if method == "initialize": send(id=number, result={"protocolVersion": 1, "agentCapabilities": {}})
        elif method == "session/new": send(id=number, result={"sessionId": "s"})
        elif method == "session/prompt":
            params = message["params"]
            text = params["_meta"]["traceparent"] + " in " + os.environ["TRACEPARENT"]
            content = {"type": "text", "text": text}
            update = {"sessionUpdate": "agent_message_chunk", "content": content}
            send(method="session/update", params={"sessionId": "s", "update": update})
            if "permission" in params["prompt"][-1]["text"]:
                options = [{"optionId": "yes", "name": "Yes", "kind": "allow_once"}]
                call = {"toolCallId": "c", "title": "rm -r"}
                send(id=1, method="session/request_permission",
                     params={"sessionId": "s", "toolCall": call, "options": options})
            else: send(id=number, result={"stopReason": "end_turn"})
    """##

  @Test func `each prompt of an agent that goes on running has its own trace, as has what the agent asks for`()
    async throws
  {
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let program = try folder.write(Self.acp, to: "agent.py")
      let process = try await start(
        "{ type: acp, command: [/usr/bin/python3, '\(program)'] }", on: sandbox, to: collector.url)
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await answered(" in 00-", in: sandbox)
      let second = try await sandbox.post(as: "alice", in: "dev", "@edgecrab with permission")
      try await answered("asks for permission", in: sandbox)
      try await stop(process)
      let spans = try await collector.spans()
      let prompts = spans.named("invoke_agent coder")
      #expect(prompts.count == 2 && prompts[0].trace != prompts[1].trace)
      let contexts = prompts.map { "00-\($0.trace)-\($0.id)-01" }
      let answer = try await sandbox.posts(in: "dev").first { $0.message.contains(" in 00-") }
      #expect(answer?.message.contains("\(contexts[0]) in \(contexts[0])") == true, "\(answer?.message ?? "")")
      let turn = try #require(spans.first { $0.name == "turn" && $0.trace == prompts[1].trace })
      let question = spans.filter { $0.name == "POST /api/v4/posts" && $0.trace == turn.trace }
      #expect(!question.isEmpty && question.allSatisfy { $0.parent == turn.id })
      #expect(spans.first { $0.trace == turn.trace && $0.parent == "" }?.attributes["messaging.message.id"] == second)
    }
    await collector.stop()
  }

  @Test(arguments: ["down", "silent", "rubbish", "refuses"])
  func `a collector that is of no use changes no answer`(kind: String) async throws {
    let server = try TestServer { peer in
      switch kind {
      case "silent": peer.waitForClose()
      case "rubbish": _ = peer.sendUntilClosed(Array(repeating: 0, count: 65_536))
      default:
        _ = peer.readRequest()
        peer.respond("413 Content Too Large", body: Self.answer)
      }
    }
    let url = kind == "down" ? "http://127.0.0.1:\(try TestServer.closedPort())" : server.url
    try await withSandbox { sandbox in
      let process = try await start("{ type: echo }", on: sandbox, to: url)
      for number in 1...5 { _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(Self.question) \(number)") }
      try await wait(for: "five answers", every: .milliseconds(20)) {
        try await sandbox.posts(in: "dev").count { $0.author == "edgecrab" } == 5
      }
      process.terminate()
      let ended = try await process.ended()
      #expect(ended.status == 0 && ended.errors.contains("spans not exported"), "\(ended.errors)")
    }
  }

  @Test func `a wrong variable is a sentence at the start, and the gateway answers`() async throws {
    try await withSandbox { sandbox in
      let process = try await start(
        "{ type: echo }", on: sandbox, to: "http://user:\(Self.key)@127.0.0.1:1", ["OTEL_TRACES_SAMPLER": "sometimes"])
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello there")
      try await answered("hello there", in: sandbox)
      try await stop(process)
      #expect(
        process.said.contains(
          "traces are not exported: OTEL_EXPORTER_OTLP_ENDPOINT must not contain a user name or a password"))
      #expect(!process.said.contains(Self.key))
    }
  }

  @Test func `nothing is exported of traces that are not sampled`() async throws {
    let collector = try await TraceCollector.start()
    try await withSandbox { sandbox in
      let process = try await start(
        #"{ type: exec, shell: 'echo "span [$TRACEPARENT]"' }"#, on: sandbox, to: collector.url,
        ["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.000000001"])
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await answered("span []", in: sandbox)
      try await stop(process)
      #expect(collector.bodies.isEmpty)
    }
    await collector.stop()
  }
}
