import Foundation
import Sandbox
import TestSupport
import Testing

/// The dialog of `edgecrab setup` on a terminal.
@Suite struct SetupDialogTests {
  private static let token = "sekrit-token-that-nobody-may-see"
  private let folder: TemporaryFolder
  private let home: String

  init() throws {
    folder = try TemporaryFolder()
    home = folder.path("home")
  }

  /// A step at the terminal; see `type_on_terminal.py`.
  private enum Step: Encodable {
    case wait(String)
    case choose(String)
    case type(String)
    case echo(Bool)
    case signal(Int32)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .wait(let text): try container.encode(["wait": text])
      case .choose(let text): try container.encode(["choose": text])
      case .type(let text): try container.encode(["type": text])
      case .echo(let isOn): try container.encode(["echo": isOn])
      case .signal(let number): try container.encode(["signal": number])
      }
    }

    /// Answers a question.
    static func answer(_ question: String, _ text: String) -> [Step] { [.wait(question), .type(text + "\n")] }
  }

  private func talk(
    _ steps: [Step], _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) async throws -> EdgecrabProcess.Ended {
    let script = try steps.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }.joined()
    let driver = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "type_on_terminal.py").path
    return try await EdgecrabProcess(
      ["setup"] + arguments, environment: environment.merging(["EDGECRAB_HOME": home, "TERM": "xterm"]) { $1 },
      input: script, through: ["/usr/bin/python3", driver]
    ).ended()
  }

  private func text(_ name: String) throws -> String { try String(contentsOfFile: home + "/" + name, encoding: .utf8) }

  private var hasWritten: Bool { FileManager.default.fileExists(atPath: home) }

  /// The steps up to the accepted token, which is never echoed.
  private func server(_ sandbox: SandboxServer) -> [Step] {
    Step.answer("Mattermost's address", sandbox.url) + [.wait("token, not shown: "), .echo(false)]
      + [.type(Self.token + "\n"), .wait("belongs to @edgecrab"), .wait("Which agent answers?"), .echo(true)]
  }

  @Test func `every wrong answer is asked for again, and the right ones are written`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let list = [ChatServer.Step.head(type: "application/json"), .send(#"{"data":[{"id":"a"},{"id":"qwen3:8b"}]}"#)]
      let endpoint = try ChatServer(list)
      let ended = try await talk(
        Step.answer("Mattermost's address", "chat.example.com") + Step.answer("must begin with http://", "\u{1B}[A")
          + Step.answer("control characters", String(repeating: "x", count: 4_050)) + Step.answer("too long", "")
          + Step.answer("Type an answer", "http://127.0.0.1:1") + Step.answer("not shown: ", "no such")
          + [.wait("The token contains a space")]
          + Step.answer("not shown: ", "nope") + Step.answer("Nothing listens at", sandbox.url)
          + [.wait("does not accept the token"), .wait("not shown: "), .echo(false), .type("\n")]
          + [.wait("Type an answer")] + Step.answer("not shown: ", try sandbox.token(of: "alice"))
          + [.wait("is a person's account")]
          + Step.answer("not shown: ", Self.token) + [.wait("belongs to @edgecrab"), .wait("Which agent answers?")]
          + [.choose("another OpenAI-compatible")] + Step.answer("Its address", "http://127.0.0.1:1/v1")
          + Step.answer("Enter for none", "") + [.wait("cannot be reached")]
          + [.choose("another OpenAI-compatible")] + Step.answer("Its address", endpoint.url)
          + [.wait("Enter for none): "), .echo(false), .type("sk-very-secret\n"), .wait("2  qwen3:8b")]
          + Step.answer("Model, by number or name [1]: ", "qwen3:9b") + [.wait("did you mean `qwen3:8b`?")]
          + Step.answer("[1]: ", "2") + [.wait("assistant: http")]
          + Step.answer("Users: ", "alice,bbo") + [.wait("did you mean `bob`?")] + Step.answer("Users: ", "alice, bob")
          + Step.answer("Write this? [Y/n] ", "maybe") + [.wait("Type y or n.")] + Step.answer("[Y/n] ", "y")
          + [.wait("edgecrab gateway start")])
      #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
      #expect(!ended.output.contains(Self.token) && !ended.output.contains("sk-very-secret"))
      #expect(ended.output.contains("\u{1B}[1;32m✓\u{1B}[0m token"), "colours on a terminal")
      #expect(try text(".env").contains("MATTERMOST_TOKEN=\(Self.token)\nOPENAI_API_KEY=sk-very-secret\n"))
      let rules = try text("rules.yaml")
      #expect(rules.contains("model: qwen3:8b\n") && rules.contains("users: [alice, bob]\n"), "\(rules)")
      let checked = try await EdgecrabProcess(["rules", "check", "--strict"], environment: ["EDGECRAB_HOME": home])
        .ended()
      #expect(checked.status == 0, "\(checked)")
    }
  }

  @Test func `a second run keeps what is answered by Enter, and shows each change of the rules`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let first = try await talk(
        server(sandbox) + [.choose("echo, which")] + Step.answer("Users: ", "*") + Step.answer("[Y/n] ", ""))
      #expect(first.status == 0, "\(first.output)")
      let (settings, rules) = (try text(".env"), try text("rules.yaml"))
      #expect(rules.contains("users: \"*\"\n"))
      let kept = try await talk(
        Step.answer("[\(sandbox.url)]: ", "") + Step.answer("[keep the current token]: ", "")
          + [.choose("keep the current one: assistant, echo")] + Step.answer("Users [everyone on the server]: ", "")
          + [.wait("Nothing has to be changed.")])
      #expect(kept.status == 0, "\(kept.output)")
      let declined = try await talk(
        Step.answer("[\(sandbox.url)]: ", "") + Step.answer("[keep the current token]: ", "")
          + [.choose("keep the current one")] + Step.answer("Users [", "alice")
          + [.wait("-  users: \"*\""), .wait("+  users: [alice]")] + Step.answer("[Y/n] ", "n"))
      #expect(declined.status == 1 && declined.output.contains("Nothing was written."), "\(declined.output)")
      #expect(try text(".env") == settings && text("rules.yaml") == rules)
    }
  }

  @Test func `rules that cannot be changed stay, and new ones are written beside them`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      _ = try await talk(
        server(sandbox) + [.choose("echo, which")] + Step.answer("Users: ", "alice") + Step.answer("[Y/n] ", ""))
      let rules = try text("rules.yaml").replacing(
        "type: echo", with: "type: exec\n    command: [cat]\n    timeout: 1m")
      try rules.write(toFile: home + "/rules.yaml", atomically: false, encoding: .utf8)
      let ended = try await talk(
        Step.answer("]: ", "") + Step.answer("]: ", "") + [.choose("echo, which"), .wait("`timeout`")]
          + Step.answer("[Y/n] ", "y") + Step.answer("Users: ", "bob") + Step.answer("Write this? [Y/n] ", ""))
      #expect(ended.status == 0 && ended.output.contains("--rules \(home)/rules.yaml.new"), "\(ended.output)")
      #expect(try text("rules.yaml") == rules && text("rules.yaml.new").contains("users: [bob]"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `a signal while the token is typed turns the echo on`(signal: Int32)
    async throws
  {
    let ended = try await talk(
      Step.answer("Mattermost's address", "http://127.0.0.1:1")
        + [.wait("not shown: "), .echo(false), .type("half of a tok"), .signal(signal)])
    #expect(ended.status == 128 + signal, "\(ended.output)")
    #expect(ended.output.contains("stopped; nothing was written") && !ended.output.contains("half of"))
    #expect(!hasWritten)
  }

  @Test func `Ctrl-Z does not stop the program without echo`() async throws {
    let ended = try await talk(
      Step.answer("Mattermost's address", "http://127.0.0.1:1")
        + [.wait("not shown: "), .echo(false), .type("\u{1A}\n"), .wait("control characters"), .wait("not shown: ")]
        + [.echo(false), .type("\u{4}")])
    #expect(ended.status == 1 && ended.output.contains("The input ended before the last answer."), "\(ended.output)")
  }

  @Test func `a secret on standard input is refused on a terminal, which would show it`() async throws {
    let ended = try await talk([.wait("leave --token-file out to type it unseen")], ["--token-file", "-"])
    #expect(ended.status == 64, "\(ended.output)")
  }

  @Test func `Ctrl-C and Ctrl-D end the dialog with a sentence`() async throws {
    let stopped = try await talk([.wait("Mattermost's address"), .type("\u{3}")])
    #expect(stopped.status == 130 && stopped.output.contains("nothing was written"), "\(stopped.output)")
    let closed = try await talk(
      Step.answer("Mattermost's address", "http://127.0.0.1:1") + [.wait("not shown: "), .echo(false), .type("\u{4}")])
    #expect(closed.status == 1 && closed.output.contains("The input ended before the last answer."), "\(closed.output)")
    #expect(!hasWritten)
  }

  @Test func `with --yes nothing is asked on a terminal either`() async throws {
    let ended = try await talk([.wait("There is no terminal")], ["--yes"])
    #expect(ended.status == 64, "\(ended.output)")
  }

  @Test(.enabled(if: ACPProgram.isAvailable, "the SDK of the Agent Client Protocol is not installed"))
  func `an agent on the PATH is offered and started for a handshake`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let variables = ACPProgram.environment.map { "export \($0)='\($1)'\n" }.joined()
      let program = try folder.write(
        "#!/bin/sh\n\(variables)exec \(ACPProgram.command.joined(separator: " ")) \"$@\"\n", to: "bin/claude-code-acp")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      let path = folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
      let ended = try await talk(
        server(sandbox) + [.choose("Claude Code, an agent with tools")] + Step.answer("Enter if it is logged in", "")
          + [.wait("assistant: the program claude-code-acp starts")] + Step.answer("Users: ", "alice")
          + Step.answer("[Y/n] ", ""),
        [], ["PATH": path])
      #expect(ended.status == 0, "\(ended.output)")
      #expect(try text("rules.yaml").contains("    type: acp\n    command: [claude-code-acp]\n"))
    }
  }
}
