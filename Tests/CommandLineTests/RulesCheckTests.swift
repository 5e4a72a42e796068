import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct RulesCheckTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(_ files: [String], environment: [String: String] = [:]) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "check"] + files, environment: environment).ended()
  }

  @Test func `rules without diagnostics exit with 0 and one line`() async throws {
    let ended = try await check([])
    #expect(ended.status == 0)
    #expect(ended.output == "the built-in rules: 2 rules, 1 agent, 9 tests: good\n")
    #expect(ended.errors == "")
  }

  @Test func `diagnostics exit with 1, each with its location, source line and remedy`() async throws {
    let path = try folder.write(
      "version: 1\nagents:\n  echo: { type: echo }\nrules:\n  - name: a\n    agnet: echo\n", to: "rules.yaml")
    let ended = try await check([path])
    #expect(ended.status == 1)
    #expect(ended.output.contains("\(path):6:5: error: unknown key `agnet`"))
    #expect(ended.output.contains("    agnet: echo\n      ^~~~~"))
    #expect(ended.output.contains("agent"))
  }

  @Test func `an unreadable file exits with 2, and the other files are still checked`() async throws {
    let good = try folder.write("version: 1\nagents: {}\nrules: []\n", to: "rules.yaml")
    let ended = try await check(["/nonexistent/rules.yaml", good])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("there is no rules file `/nonexistent/rules.yaml`"))
    #expect(ended.output.contains(good))
  }

  @Test func `a directory is not accepted as a rules file`() async throws {
    let ended = try await check(["/"])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("the rules file `/` is a directory"))
  }

  @Test func `without arguments, rules.yaml in edgecrab's folder is checked`() async throws {
    _ = try folder.write("- a list\n", to: "rules.yaml")
    let ended = try await check([], environment: ["EDGECRAB_HOME": folder.url.path])
    #expect(ended.status == 1)
    #expect(ended.output.contains("rules.yaml:1:3: error: a rules file must be a map, not a list"))
  }

  @Test func `a dangling link rules.yaml is an error, not a reason for the built-in rules`() async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let link = home.appending(path: "rules.yaml").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nonexistent/rules.yaml")
    let ended = try await check([], environment: ["EDGECRAB_HOME": home.path])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("the rules file `\(link)` is a broken link"))
  }

  @Test func `a warning lets the gateway start, and fails the check only with the option`() async throws {
    let path = try folder.write("version: 1\nrules: []\n", to: "rules.yaml")
    let lenient = try await check([path])
    #expect(lenient.status == 0)
    #expect(lenient.output.contains("\(path): 0 rules, 0 agents, 0 tests: good, with 2 warnings\n"))
    let strict = try await check([path, "--strict"])
    #expect(strict.status == 1)
    #expect(strict.output == lenient.output)
  }

  @Test func `the server is asked for names only with the option`() async throws {
    let path = try folder.write(
      "version: 1\naccess: { users: [alice, mallroy] }\nagents: { echo: { type: echo } }\nrules:\n"
        + "  - { name: a, when: { channel: dev, trigger: [mention, dm] }, agent: echo }\n", to: "rules.yaml")
    #expect(try await check([path]).status == 0)
    try await withSandbox { sandbox in
      let server = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken]
      let bad = try await check([path, "--online"], environment: server)
      #expect(bad.status == 1)
      #expect(
        bad.output.contains("\(path):2:26: error: the server has no user `mallroy`; did you mean `mallory`? [E0601]"),
        "\(bad.output)")
      let good = try await check(["--online"], environment: server)
      #expect(good.status == 0 && good.output == "the built-in rules: 2 rules, 1 agent, 9 tests: good\n")
      let refused = try await check(
        [path, "--online"], environment: server.merging(["MATTERMOST_TOKEN": "wr0ng"]) { $1 })
      #expect(refused.status == 2 && refused.errors.contains("(401)") && !refused.errors.contains("wr0ng"))
    }
    let silent = try await check(
      [path, "--online"], environment: ["MATTERMOST_URL": "http://127.0.0.1:1", "MATTERMOST_TOKEN": "t"])
    #expect(silent.status == 2 && silent.output == "")
    #expect(silent.errors.hasPrefix("edgecrab: Nothing listens at http://127.0.0.1:1"), "\(silent.errors)")
    let unset = try await check([path, "--online"])
    #expect(unset.status == 2 && unset.errors.contains("edgecrab: MATTERMOST_URL is not set"))
  }

  @Test func `several files are reported one by one`() async throws {
    let good = try folder.write("version: 1\nagents: {}\nrules: []\n", to: "good.yaml")
    let bad = try folder.write("version: 1\nrulse: []\n", to: "bad.yaml")
    let ended = try await check([good, bad])
    #expect(ended.status == 1)
    let lines = ended.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("\(good): 0 rules") })
    #expect(lines.contains("\(bad): 1 error"))
    #expect(lines.last?.hasPrefix("For more about a diagnostic: edgecrab rules explain-code ") == true)
  }

  @Test(arguments: ["json", "sarif"])
  func `the JSON document is complete even if a file cannot be read`(format: String) async throws {
    let bad = try folder.write("version: 1\nrulse: []\n", to: "bad.yaml")
    let ended = try await check([bad, "/nonexistent/rules.yaml", bad, "--format", format])
    #expect(ended.status == 2)
    #expect(ended.errors == "")
    let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
    let files = (document?["files"] as? [[String: Any]])?.count
    let results = ((document?["runs"] as? [[String: Any]])?.first?["results"] as? [Any])?.count
    #expect(format == "json" ? files == 3 && results == nil : files == nil && results == 2)
    #expect(ended.output.contains("/nonexistent/rules.yaml"))
  }

  @Test func `the GitHub format has only workflow commands`() async throws {
    let bad = try folder.write("version: 1\n\"::error::x\": []\nrules: []\n", to: "bad.yaml")
    let ended = try await check([bad, "--format", "github"])
    #expect(ended.status == 1)
    #expect(
      ended.output.split(separator: "\n").allSatisfy {
        $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=")
      })
    #expect(ended.output.contains(",line=2,endLine=2,col=1,endColumn=12,title=E0103::unknown key `::error::x`"))
  }

  @Test(arguments: [
    (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true), (["TERM": "xterm", "NO_COLOR": "1"], false),
    (["TERM": "dumb"], false), ([:], false),
  ])
  func `colours need a terminal that supports them, or the option`(
    environment: [String: String], isColored: Bool
  ) async throws {
    let bad = try folder.write("version: 1\nrulse: []\n", to: "bad.yaml")
    let ended = try await EdgecrabProcess(["rules", "check", bad], environment: environment, onTerminal: true).ended()
    #expect(ended.status == 1)
    #expect(ended.output.contains("unknown key `rulse`"))
    #expect(ended.output.contains("\u{1B}[") == isColored)
    let piped = try await check([bad], environment: environment)
    #expect(!piped.output.contains("\u{1B}"))
  }
}
