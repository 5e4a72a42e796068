import Foundation
import Sandbox
import TestSupport
import Testing

/// `edgecrab setup` in scripts: every answer is an option.
@Suite struct SetupFlagsTests {
  private static let token = "sekrit-token-that-nobody-may-see"
  private let folder: TemporaryFolder
  private let home: String

  init() throws {
    folder = try TemporaryFolder()
    home = folder.path("home")
  }

  private func setUp(
    _ arguments: [String], input: String? = nil, _ environment: [String: String] = [:]
  ) async throws -> EdgecrabProcess.Ended {
    let ended = try await EdgecrabProcess(
      ["setup"] + arguments, environment: environment.merging(["EDGECRAB_HOME": home]) { $1 }, input: input
    ).ended()
    #expect(!(ended.output + ended.errors).contains(Self.token))
    for line in (ended.output + ended.errors).split(separator: "\n") {
      #expect(line.count <= 80 || line.contains(folder.url.path) || line.hasPrefix("Error: "), "\(line)")
    }
    return ended
  }

  private func server(_ sandbox: SandboxServer) throws -> [String] {
    ["--url", sandbox.url, "--token-file", try folder.write(Self.token + "\n", to: "token")]
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: home + "/" + name, encoding: .utf8)
  }

  private func mode(_ path: String) throws -> Int {
    (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue ?? 0
  }

  private var hasWritten: Bool { FileManager.default.fileExists(atPath: home) }

  private func endpoint(_ body: String = #"{"data":[{"id":"qwen3:8b"},{"id":"llama3:latest"}]}"#) throws -> ChatServer {
    try ChatServer([.head(type: "application/json"), .send(body)])
  }

  @Test func `a new user's files are private, strictly valid, and enough for the gateway to answer`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let models = [ChatServer.Step.head(type: "application/json"), .send(#"{"data":[{"id":"qwen3:8b"}]}"#)]
      let answer = [ChatServer.Step.head(), .word("It waits for a lock."), .finish, .done]
      let endpoint = try ChatServer(inTurn: [models, models, answer])
      let key = try folder.write("sk-very-secret-indeed\n", to: "key")
      let ended = try await setUp(
        try server(sandbox) + [
          "--agent", "openai", "--endpoint", endpoint.url, "--model", "qwen3:8b", "--api-key-file", key, "--allow",
          "Alice,@bob",
        ])
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.output.contains("✓ token     belongs to @edgecrab"), "\(ended.output)")
      #expect(ended.output.contains("edgecrab doctor\n  edgecrab gateway start\n"))
      #expect(!ended.output.contains("sk-very-secret-indeed"))
      #expect(try mode(home) == 0o700 && mode(home + "/.env") == 0o600)
      #expect(
        try text(".env").hasSuffix(
          "MATTERMOST_URL=\(sandbox.url)\nMATTERMOST_TOKEN=\(Self.token)\nOPENAI_API_KEY=sk-very-secret-indeed\n"))
      let rules = try text("rules.yaml")
      #expect(rules.contains("users: [alice, bob]\n") && rules.contains("api_key: ${OPENAI_API_KEY}\n"), "\(rules)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: home).sorted() == [".env", "rules.yaml"])

      for arguments in [["rules", "check", "--strict"], ["rules", "fmt", "--check", home + "/rules.yaml"]] {
        let checked = try await EdgecrabProcess(arguments, environment: ["EDGECRAB_HOME": home]).ended()
        #expect(checked.status == 0, "\(checked)")
      }
      let gateway = try EdgecrabProcess(["gateway", "start"], environment: ["EDGECRAB_HOME": home])
      try await gateway.says("Connected.")
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab why does this test hang?")
      _ = try await sandbox.nextPost { $0.author == "edgecrab" && $0.message.contains("It waits for a lock.") }
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
    }
  }

  @Test func `without a terminal, every missing answer is named with its option`() async throws {
    let ended = try await setUp([])
    #expect(ended.status == 64)
    let errors = ended.errors.replacing("\n", with: " ")
    #expect(errors.contains("--url, --token-file, --agent, --allow or --allow-everyone"), "\(ended.errors)")
    #expect(errors.contains("Nothing was written."))
    #expect(!hasWritten)
  }

  @Test(arguments: [
    ["--allow", "alice", "--allow-everyone"], ["--agent", "echo", "--model", "x"], ["--endpoint", "http://a/v1"],
    ["--agent", "openai", "--command", "x"], ["--token-file", "-", "--api-key-file", "-", "--agent", "openai"],
    ["--agent", "robot"],
  ])
  func `options that do not go together exit with 64`(arguments: [String]) async throws {
    let ended = try await setUp(arguments)
    #expect(ended.status == 64 && ended.errors.contains("Usage: edgecrab setup"), "\(ended)")
  }

  @Test(arguments: [
    (["--url", "chat.example.com"], "--url: The address must begin with http:// or https://; write it like"),
    (["--url", "http://127.0.0.1:1"], "Mattermost cannot be reached at the address of --url"),
    (["--token-file", "/nonexistent"], "--token-file: /nonexistent cannot be read: no such file or directory."),
    (
      ["--allow", "alice,bbo,zebedee"],
      "The server has no user `bbo`; did you mean `bob`? The server has no user `zebedee`."
    ),
    (["--allow", "alice; rm"], "`alice;` is not a user name"), (["--allow", " , "], "Name at least one user"),
    (["--agent", "acp", "--command", "no-such-program"], "The agent cannot answer."),
    (["--agent", "openai", "--endpoint", "http://127.0.0.1:1/v1", "--model", "m"], "cannot be reached"),
    (["--agent", "openai", "--endpoint", "ftp://a", "--model", "m"], "--endpoint: The address must begin with"),
  ])
  func `a wrong answer has a sentence, and nothing is written`(arguments: [String], sentence: String) async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let rest = try server(sandbox) + ["--agent", "echo", "--allow", "alice"]
      var all: [String] = arguments
      for index in stride(from: 0, to: rest.count, by: 2) where !arguments.contains(rest[index]) {
        all += rest[index...index + 1]
      }
      let ended = try await setUp(all)
      #expect(ended.status == 1, "\(ended)")
      let errors = ended.errors.replacing("\n", with: " ")
      #expect(errors.contains(sentence) && errors.contains("Nothing was written."), "\(ended.errors)")
      #expect(!hasWritten)
    }
  }

  @Test(arguments: [
    ("wrong\n", "✗ token     Mattermost at"), ("two words\n", "The token contains a space."), ("", "it is empty"),
    ("alice", "✗ account   @alice is a person's account"),
  ])
  func `a token that is not a bot's is refused`(token: String, sentence: String) async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let text = token == "alice" ? try sandbox.token(of: "alice") : token
      let ended = try await setUp(
        ["--url", sandbox.url, "--token-file", "-", "--agent", "echo", "--allow-everyone"], input: text)
      #expect(ended.status == 1 && (ended.output + ended.errors).contains(sentence), "\(ended)")
      #expect(!hasWritten)
    }
  }

  @Test func `a model that the endpoint does not list is refused with the nearest name`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      func setUp(_ model: String) async throws -> EdgecrabProcess.Ended {
        try await self.setUp(
          try server(sandbox) + [
            "--agent", "openai", "--endpoint", try endpoint().url, "--model", model, "--allow-everyone",
          ])
      }
      let wrong = try await setUp("qwen3:9b")
      #expect(
        wrong.status == 1 && wrong.errors.contains("There is no model `qwen3:9b` there; did you mean `qwen3:8b`?"))
      #expect(!hasWritten)
      #expect(try await setUp("llama3").status == 0, "the tag `latest` may be left out")
    }
  }

  @Test func `an address without v1 is completed if the endpoint answers there`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let list = [ChatServer.Step.head(type: "application/json"), .send(#"{"data":[{"id":"m"}]}"#)]
      let endpoint = try ChatServer(inTurn: [[.head("404 Not Found"), .send("no")], list])
      let ended = try await setUp(
        try server(sandbox) + [
          "--agent", "openai", "--endpoint", String(endpoint.url.dropLast(3)), "--model", "m", "--allow-everyone",
        ])
      #expect(ended.status == 0, "\(ended)")
      #expect(try text("rules.yaml").contains("base_url: \(endpoint.url)\n"))
    }
  }

  @Test func `a second run changes only what it is asked to`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      #expect(try await setUp(try server(sandbox) + ["--agent", "echo", "--allow", "alice"]).status == 0)
      let same = try await setUp([])
      #expect(same.status == 0 && same.output.contains("Nothing has to be changed."), "\(same)")

      let settings = "# mine\nOTHER='x y'\n" + (try text(".env"))
      try settings.write(toFile: home + "/.env", atomically: false, encoding: .utf8)
      let rules = try text("rules.yaml").replacing("# Tests of these", with: "# My own words. Tests of these")
      try rules.write(toFile: home + "/rules.yaml", atomically: false, encoding: .utf8)
      let allowed = try await setUp(["--allow", "bob"])
      #expect(allowed.status == 0)
      #expect(allowed.output.contains("  -  users: [alice]\n  +  users: [bob]\n"), "\(allowed.output)")
      #expect(try text("rules.yaml") == rules.replacing("users: [alice]", with: "users: [bob]"))
      #expect(try text(".env") == settings)

      let model = try await setUp(["--agent", "openai", "--endpoint", try endpoint().url, "--model", "qwen3:8b"])
      #expect(model.status == 0)
      #expect(try text("rules.yaml").contains("# My own words.") && text("rules.yaml").contains("model: qwen3:8b"))
    }
  }

  @Test func `rules with more than setup can write stay, unless another file is named`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      #expect(try await setUp(try server(sandbox) + ["--agent", "echo", "--allow", "alice"]).status == 0)
      let rules = try text("rules.yaml").replacing(
        "type: echo", with: "type: exec\n    command: [cat]\n    timeout: 1m")
      try rules.write(toFile: home + "/rules.yaml", atomically: false, encoding: .utf8)
      let kept = try await setUp(["--agent", "echo"])
      let errors = kept.errors.replacing("\n", with: " ")
      #expect(kept.status == 1 && errors.contains("has `timeout`, which would be lost"), "\(kept)")
      #expect(try text("rules.yaml") == rules)
      let other = try await setUp(["--agent", "echo", "--allow", "alice", "--rules", home + "/other.yaml"])
      #expect(other.status == 0 && other.output.contains("edgecrab gateway start --rules \(home)/other.yaml"))
      #expect(try text("rules.yaml") == rules && text("other.yaml").contains("type: echo"))
    }
  }

  @Test func `a .env that others can read becomes private, and one with an error stays`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      #expect(try await setUp(try server(sandbox) + ["--agent", "echo", "--allow-everyone"]).status == 0)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: home + "/.env")
      #expect(try await setUp([]).status == 0)
      #expect(try mode(home + "/.env") == 0o600)
      let broken = try text(".env") + "NOT A VARIABLE\n"
      try broken.write(toFile: home + "/.env", atomically: false, encoding: .utf8)
      let ended = try await setUp(["--allow", "alice"])
      #expect(
        ended.status == 1 && ended.errors.replacing("\n", with: " ").contains("a `=` is missing here"), "\(ended)")
      #expect(try text(".env") == broken)
    }
  }

  @Test func `a folder that cannot be written is a sentence, and nothing is left`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let answers = try server(sandbox) + ["--agent", "echo", "--allow-everyone"]
      let nowhere = try await setUp(answers + ["--rules", folder.path("missing/rules.yaml")])
      #expect(
        nowhere.status == 1 && nowhere.errors.replacing("\n", with: " ").contains("cannot be written: no such file"))
      #expect(!hasWritten, "neither the folder nor .env")
      _ = try folder.write("", to: "home")
      let file = try await setUp(answers)
      #expect(file.status == 1, "\(file)")
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can mount a small disk"))
  func `a full disk is a sentence, and no file has changed`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      // A disk of one page takes the draft of the first file, but not that of the second.
      let answers = try (server(sandbox) + ["--agent", "echo", "--allow-everyone"]).joined(separator: " ")
      let ended = try await EdgecrabProcess(
        shell: """
          mkdir home
          unshare -m /bin/sh -c 'mount -t tmpfs -o size=4k,mode=700 none home
            EDGECRAB_HOME=$PWD/home edgecrab setup \(answers)
            echo "status $?"; ls -A home' </dev/null
          """
      ).ended()
      let output = ended.output.replacing("\n", with: " ")
      #expect(
        output.contains("cannot be written: no space left on device. Nothing was written. status 1"), "\(ended.output)")
      #expect(output.hasSuffix("status 1 "), "no file is left: \(ended.output)")
    }
  }

  @Test func `a token in the file that MATTERMOST_TOKEN_FILE names is used and not copied`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let file = ["MATTERMOST_TOKEN_FILE": try folder.write(Self.token + "\n", to: "token")]
      let answers = ["--url", sandbox.url, "--agent", "echo", "--allow-everyone"]
      let both = try await setUp(try server(sandbox) + answers.dropFirst(2), file)
      #expect(both.status == 1 && both.errors.contains("MATTERMOST_TOKEN_FILE names a file with the token"), "\(both)")
      #expect(try await setUp(answers, file).status == 0)
      #expect(try text(".env").hasSuffix("MATTERMOST_URL=\(sandbox.url)\n"))
    }
  }

  @Test func `variables of the shell that override .env are named`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let ended = try await setUp(
        try server(sandbox) + ["--agent", "echo", "--allow-everyone"], ["MATTERMOST_URL": "http://127.0.0.1:1"])
      #expect(ended.status == 0 && ended.output.contains("  unset MATTERMOST_URL\n"), "\(ended.output)")
      let settings = try text(".env")
      let kept = try await setUp(
        ["--allow", "alice"], ["MATTERMOST_URL": "http://127.0.0.1:1", "MATTERMOST_TOKEN": "another"])
      #expect(kept.status == 0 && kept.output.contains("  unset MATTERMOST_URL MATTERMOST_TOKEN\n"), "\(kept)")
      #expect(try text(".env") == settings, "what is kept is that of the file")
    }
  }

  @Test func `users of MATTERMOST_ALLOWED_USERS are checked like those of --allow`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let answers = try server(sandbox) + ["--agent", "echo"]
      let wrong = try await setUp(answers, ["MATTERMOST_ALLOWED_USERS": "alice,bbo"])
      let errors = wrong.errors.replacing("\n", with: " ")
      #expect(wrong.status == 1 && errors.contains("MATTERMOST_ALLOWED_USERS: The server has no user `bbo`"))
      #expect(!hasWritten)
      #expect(try await setUp(answers, ["MATTERMOST_ALLOWED_USERS": "@Alice bob"]).status == 0)
      #expect(try text("rules.yaml").contains("users: [alice, bob]\n"))
    }
  }

  @Test func `a secret that is longer than a file of one can be is refused whole`() async throws {
    let file = try folder.write(String(repeating: "x", count: 16_385), to: "long")
    let ended = try await setUp(
      ["--url", "http://127.0.0.1:1", "--token-file", file, "--agent", "echo", "--allow-everyone"])
    #expect(ended.status == 1 && ended.errors.replacing("\n", with: " ").contains("larger than 16384 bytes"))
  }
}
