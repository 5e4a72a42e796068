import Foundation
import TestSupport
import Testing

@Suite struct RulesCheckTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(_ files: [String], environment: [String: String] = [:]) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "check"] + files, environment: environment).ended()
  }

  @Test func `good rules exit with 0 and say so in a line`() async throws {
    let ended = try await check([])
    #expect(ended.status == 0)
    #expect(ended.output == "the built-in rules: 2 rules, 1 agent, 9 tests: good\n")
    #expect(ended.errors == "")
  }

  @Test func `findings exit with 1, each with its place, line and cure`() async throws {
    let path = try folder.write(
      "version: 1\nagents:\n  echo: { type: echo }\nrules:\n  - name: a\n    agnet: echo\n", to: "rules.yaml")
    let ended = try await check([path])
    #expect(ended.status == 1)
    #expect(ended.output.contains("\(path):6:5: error: unknown key `agnet`"))
    #expect(ended.output.contains("    agnet: echo\n      ^~~~~"))
    #expect(ended.output.contains("agent"))
  }

  @Test func `a file that cannot be read exits with 2, and the others are checked all the same`() async throws {
    let good = try folder.write("version: 1\nagents: {}\nrules: []\n", to: "rules.yaml")
    let ended = try await check(["/nonexistent/rules.yaml", good])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("there is no rules file `/nonexistent/rules.yaml`"))
    #expect(ended.output.contains(good))
  }

  @Test func `a directory is no rules file`() async throws {
    let ended = try await check(["/"])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("the rules file `/` is a directory"))
  }

  @Test func `rules.yaml in edgecrab's folder is checked where none is named`() async throws {
    _ = try folder.write("- a list\n", to: "rules.yaml")
    let ended = try await check([], environment: ["EDGECRAB_HOME": folder.url.path])
    #expect(ended.status == 1)
    #expect(ended.output.contains("rules.yaml:1:3: error: a rules file must be a map, not a list"))
  }

  @Test func `a rules.yaml that leads nowhere is not passed over for the built-in rules`() async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let link = home.appending(path: "rules.yaml").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nonexistent/rules.yaml")
    let ended = try await check([], environment: ["EDGECRAB_HOME": home.path])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("there is no rules file `\(link)`"))
  }
}
