import Foundation
import Sandbox
import TestSupport
import Testing

/// The checks of agents in `doctor` and `rules check --online`, over real HTTP and with real programs.
@Suite struct DoctorAgentTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rules(_ agent: String) throws -> String {
    try folder.write(
      """
      version: 1
      access: { users: '*' }
      agents:
        coder: \(agent)
      rules:
        - { name: all, when: { trigger: [mention, dm] }, agent: coder }

      """, to: "rules.yaml")
  }

  private func look(_ agent: String, _ environment: [String: String] = [:]) async throws -> Examination.Check {
    let checks = try await Examination.checks(on: nil, token: nil, ["--rules", try rules(agent)], environment)
    return try #require(checks.first { $0.id == "agents" })
  }

  private func endpoint(_ body: String, status: String = "200 OK") throws -> ChatServer {
    try ChatServer([.head(status, type: "application/json"), .send(body)])
  }

  private func openAI(_ server: ChatServer, key: Bool = true) -> String {
    "{ type: openai, base_url: '\(server.url)', model: qwen3-coder\(key ? ", api_key: '${KEY}'" : "") }"
  }

  private static let key = ["KEY": "sk-very-secret-indeed"]
  private static let models = #"{"object":"list","data":[{"id":"llama3"},{"id":"qwen3-coder"}]}"#

  @Test func `an endpoint that lists the model accepts the key, and gets no other request`() async throws {
    let server = try endpoint(Self.models)
    let check = try await look(openAI(server), Self.key)
    #expect(check.state == "good")
    #expect(check.text == "coder: \(server.url) answers, accepts the API key and has the model qwen3-coder")
    let request = try await server.request()
    #expect(request.target == "GET /v1/models")
    #expect(request.headers["authorization"] == "Bearer sk-very-secret-indeed")
  }

  @Test func `a model that is not listed is a warning with the nearest name`() async throws {
    let check = try await look(openAI(try endpoint(#"{"data":[{"id":"qwen3-code"},{"id":"llama3"}]}"#), key: false))
    #expect(check.state == "warning")
    #expect(check.text.hasSuffix("answers, but does not list the model `qwen3-coder`"), "\(check.text)")
    #expect(check.remedy == ["Correct `model`; did you mean `qwen3-code`?"])
    let other = try await look(openAI(try endpoint(#"[{"id":"llama3"},{"id":"mistral"}]"#), key: false))
    #expect(other.remedy == ["Correct `model`; it has `llama3`, `mistral`."], "\(other.remedy)")
  }

  @Test(arguments: [
    ("401 Unauthorized", "wrong", "it does not accept the API key"), ("403 Forbidden", "wrong", "does not accept"),
    ("404 Not Found", "unchecked", "has no list of models (404)"),
    ("405 Method Not Allowed", "unchecked", "has no list of models (405)"),
    ("503 Service Unavailable", "wrong", "answers with a server error (503)"),
    ("429 Too Many Requests", "unchecked", "too many requests"), ("301 Moved Permanently", "wrong", "redirects"),
  ])
  func `doctor shows an unexpected answer of an endpoint`(status: String, state: String, text: String) async throws {
    let check = try await look(openAI(try endpoint("{}", status: status)), Self.key)
    #expect(check.state == state && check.text.contains(text), "\(check)")
    #expect(!check.text.contains("sk-very"))
  }

  @Test func `a web page in place of an endpoint is a warning`() async throws {
    let check = try await look(openAI(try ChatServer([.head(type: "text/html"), .send("<html>hi</html>")])), Self.key)
    #expect(check.state == "warning" && check.text.contains("not as a chat endpoint"), "\(check)")
  }

  @Test func `an endpoint without a listener is an error`() async throws {
    let check = try await look("{ type: openai, base_url: 'http://127.0.0.1:1/v1', model: m }")
    #expect(check.state == "wrong" && check.text.contains("cannot be reached"), "\(check)")
    #expect(check.remedy == ["Start the server there, or correct `base_url`."])
  }

  @Test func `Anthropic is asked with its own headers`() async throws {
    let server = try endpoint(#"{"data":[{"type":"model","id":"claude-x"}],"has_more":false}"#)
    let check = try await look(
      "{ type: anthropic, base_url: '\(server.url)', model: claude-x, max_tokens: 100, api_key: '${KEY}' }", Self.key)
    #expect(check.state == "good", "\(check)")
    let request = try await server.request()
    #expect(request.target == "GET /v1/models?limit=1000")
    #expect(request.headers["x-api-key"] == "sk-very-secret-indeed")
    #expect(request.headers["anthropic-version"] == "2023-06-01")
  }

  @Test func `a program has to exist, be executable and have its interpreter`() async throws {
    let script = try folder.write("#!/usr/bin/env no-such-language\n", to: "agent")
    func program() async throws -> Examination.Check {
      try await look("{ type: exec, command: ['\(script)'] }", ["PATH": "/usr/bin:/bin"])
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: script)
    let closed = try await program()
    if getuid() != 0 || closed.state == "wrong" {
      #expect(closed.remedy == ["Run `chmod +x \(script)`."], "\(closed)")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let lame = try await program()
    #expect(lame.state == "wrong")
    #expect(
      lame.text == "coder: the interpreter no-such-language, which the first line of \(script) names, does not exist",
      "\(lame)")
    _ = try folder.write("#!/bin/sh\n", to: "agent")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    #expect(try await program().text == "coder: the program \(script) exists")
    let missing = try await look("{ type: exec, command: [no-such-program] }", ["PATH": "/usr/bin"])
    #expect(missing.text == "coder: the program no-such-program does not exist", "\(missing)")
  }

  @Test func `a relative program is searched for in the project's folder, if that is known`() async throws {
    let project = folder.path("project")
    let greeting = #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{}}}"#
    for (name, command) in [("tool", "exec"), ("talker", "acp")] {
      let program = try folder.write(
        "#!/bin/sh\nread -r line\necho '\(greeting)'\nread -r more\n", to: "project/\(name)")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      let path = ["PATH": "/usr/bin:/bin"]
      let found = try await look("{ type: \(command), command: [./\(name)], folder: '\(project)' }", path)
      #expect(found.state == "good", "\(found)")
      let missing = try await look("{ type: \(command), command: [./none], folder: '\(project)' }", path)
      #expect(missing.state == "wrong", "\(missing)")
      for folder in [", folder: '\(project)/{{ user }}'", ""] {
        let unknown = try await look("{ type: \(command), command: [./\(name)]\(folder) }", path)
        #expect(unknown.state == "unchecked", "\(unknown)")
      }
    }
  }

  @Test func `doctor initializes a program of the Agent Client Protocol and ends it`() async throws {
    let path = ["PATH": "/usr/bin:/bin"]
    let greeting = #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{}}}"#
    let mark = folder.path("heard")
    let good = try folder.write(
      "#!/bin/sh\nread -r line\necho \"$line\" > \(mark)\necho '\(greeting)'\nread -r more\n", to: "good")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: good)
    let check = try await look("{ type: acp, command: ['\(good)'] }", path)
    #expect(
      check.state == "good" && check.text == "coder: the program \(good) starts and speaks the Agent Client Protocol",
      "\(check)")
    #expect(try String(contentsOfFile: mark, encoding: .utf8).contains(#""method":"initialize""#))
    let bad = try folder.write("#!/bin/sh\necho 'no licence' >&2\nexit 3\n", to: "bad")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bad)
    let ended = try await look("{ type: acp, command: ['\(bad)'] }", path)
    #expect(ended.state == "wrong" && ended.text.contains("ended before it answered"), "\(ended)")
    #expect(ended.text.contains("no licence"), "\(ended)")
  }

  @Test func `rules check --online examines the agents`() async throws {
    try await withSandbox { sandbox in
      let environment = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
      let dead = try rules("{ type: openai, base_url: 'http://127.0.0.1:1/v1', model: m }")
      let ended = try await EdgecrabProcess(["rules", "check", "--online", dead], environment: environment).ended()
      #expect(ended.status == 1)
      #expect(
        ended.output.contains("\(dead):4:3: error: the agent `coder`: http://127.0.0.1:1/v1 cannot be reached"),
        "\(ended.output)")
      #expect(ended.output.contains("[E0602]"))
      let unsure = try rules(openAI(try endpoint(#"{"data":[{"id":"other"}]}"#), key: false))
      let warned = try await EdgecrabProcess(["rules", "check", "--online", unsure], environment: environment).ended()
      #expect(warned.status == 0)
      #expect(warned.output.contains("[W0212]"), "\(warned.output)")
    }
  }
}
