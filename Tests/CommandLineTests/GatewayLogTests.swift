import Foundation
import Sandbox
import TestSupport
import Testing

/// The lines of the real program's log.
@Suite struct GatewayLogTests {
  private let home: TemporaryFolder

  init() throws {
    home = try TemporaryFolder()
    _ = try home.write(Self.rules("hello"), to: "rules.yaml")
  }

  /// With two warnings: everyone has access, and no rule matches direct messages.
  private static func rules(_ name: String, agent: String = "{ type: echo }") -> String {
    """
    version: 1
    agents: { helper: \(agent), unused: { type: echo } }
    rules: [{ name: \(name), when: { trigger: mention }, agent: helper }]

    """
  }

  private func start(
    on sandbox: SandboxServer, _ more: [String: String] = [:], through wrapper: [String] = []
  ) throws -> EdgecrabProcess {
    try EdgecrabProcess(
      ["gateway", "start"],
      environment: [
        "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
      ].merging(more) { $1 }, through: wrapper)
  }

  private func ask(_ sandbox: SandboxServer, _ text: String = "@edgecrab top secret") async throws {
    let question = try await sandbox.post(as: "alice", in: "dev", text)
    _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
  }

  private func lines(_ errors: String) -> [String] {
    errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("20") || $0.hasPrefix("{") }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the log line of an answer has time, user, channel, agent, duration and number of posts`() async throws {
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      try await ask(sandbox)
      try await process.says(" answered ")
      process.terminate()
      let ended = try await process.ended()
      let line = try #require(lines(ended.errors).first { $0.contains(" answered ") })
      let shape = try Regex(
        #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z notice answered user=alice channel=dev agent=helper took=[0-9.]+m?s posts=1 post=[a-z0-9]{26}"#
      )
      #expect(line.wholeMatch(of: shape) != nil, "\(line)")
      #expect(!ended.errors.contains("top secret"))
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["text", "json"])
  func `the log line of a failure has user, channel and agent`(format: String) async throws {
    let server = try ChatServer([
      .head("400 Bad Request", type: "application/json"), .send(#"{"error":{"message":"a\nfalse=\"line\""}}"#),
    ])
    _ = try home.write(
      Self.rules("hello", agent: "{ type: openai, base_url: '\(server.url)', model: m, retries: 0 }"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox, ["EDGECRAB_LOG_FORMAT": format])
      try await process.says("Connected.")
      try await ask(sandbox)
      try await process.says("no answer")
      process.terminate()
      let found = lines(try await process.ended().errors).filter { $0.contains("no answer") }
      #expect(found.count == 1)
      let line = try #require(found.first)
      if format == "json" {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "warning" && object["message"] as? String == "no answer")
        #expect(object["user"] as? String == "alice" && object["channel"] as? String == "dev")
        #expect(object["agent"] as? String == "helper" && object["reason"] != nil && object["time"] != nil)
      } else {
        #expect(line.contains(" warning no answer user=alice channel=dev agent=helper "), "\(line)")
        #expect(line.contains(" reason=\""), "\(line)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `lines for systemd's journal begin with a priority instead of the time`() async throws {
    let pipe = """
      mkfifo pipe; cat pipe >&2 & exec 2>pipe
      JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM
      exec "$@"
      """
    let server = try ChatServer([
      .head("400 Bad Request", type: "application/json"), .send(#"{"error":{"message":"a\n<0>b"}}"#),
    ])
    _ = try home.write(
      Self.rules("hello", agent: "{ type: openai, base_url: '\(server.url)', model: m, retries: 0 }"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox, through: ["/bin/sh", "-c", pipe, "sh"])
      try await process.says("Connected.")
      try await ask(sandbox)
      try await process.says("<4>warning no answer user=alice channel=dev agent=helper ")
      process.terminate()
      let errors = try await process.ended().errors
      #expect(!errors.contains("\n<0>"), "\(errors)")
      #expect(lines(errors).isEmpty, "no line with a time")
      // The stream of another process.
      let other = try start(on: sandbox, ["JOURNAL_STREAM": "1:2"])
      try await other.says("Connected.")
      try await ask(sandbox)
      try await other.says("Z warning no answer ")
      other.terminate()
      _ = try await other.ended()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a warning is logged once, and counted at each reload`() async throws {
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      _ = try home.write("# a line above\n" + Self.rules("other"), to: "rules.yaml")
      try await process.says("rules changed")
      let more = Self.rules("third").replacing("unused:", with: "idle: { type: echo }, unused:")
      _ = try home.write(more, to: "rules.yaml")
      try await process.says("idle")
      process.terminate()
      let taken = lines(try await process.ended().errors).filter { $0.contains("rules changed") }
      #expect(taken.count == 2)
      #expect(taken.allSatisfy { $0.contains("warnings_as_before=") }, "\(taken)")
      #expect(taken.allSatisfy { !$0.contains("the agent `unused`") }, "\(taken)")
      #expect(taken.first?.contains(" warnings=") == false, "\(taken)")
      #expect(taken.last?.contains("no rule and no command uses the agent `idle`") == true, "\(taken)")
    }
  }

  @Test func `an unknown log format is refused`() async throws {
    let option = try await EdgecrabProcess(["gateway", "start", "--log-format", "xml"]).ended()
    #expect(option.status == 64)
    let variable = try await EdgecrabProcess(
      ["gateway", "start", "--sandbox"], environment: ["EDGECRAB_LOG_FORMAT": "xml"]
    ).ended()
    #expect(variable.status == 1)
    #expect(
      variable.errors
        == "edgecrab: EDGECRAB_LOG_FORMAT is `xml`, which is not a log format; set it to text or json\n")
  }
}
