import Foundation
import TestSupport
import Testing

@Suite struct RulesNewTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [[]] + ["mention", "dm", "team", "commands", "hours", "alerts"].map { ["--from", $0] })
  func `the printed rules file has no diagnostics and is formatted`(arguments: [String]) async throws {
    let ended = try await EdgecrabProcess(["rules", "new"] + arguments).ended()
    #expect(ended.status == 0)
    let path = try folder.write(ended.output, to: "rules.yaml")
    for check in [["check", "--strict"], ["fmt", "--check"], ["test"]] {
      let checked = try await EdgecrabProcess(["rules"] + check + [path]).ended()
      #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    }
  }

  @Test func `rules new never overwrites a file`() async throws {
    let path = folder.path("rules.yaml")
    let first = try await EdgecrabProcess(["rules", "new", "--from", "dm", "--output", path]).ended()
    #expect(first.status == 0)
    #expect(first.output == "")
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(written.contains("THE BOT ANSWERS DIRECT MESSAGES ONLY"))
    let second = try await EdgecrabProcess(["rules", "new", "--output", path]).ended()
    #expect(second.status == 2)
    #expect(second.errors.contains("the file `\(path)` already exists"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == written)
  }

  @Test func `rules new reports a file that cannot be written`() async throws {
    let ended = try await EdgecrabProcess(["rules", "new", "--output", "/nonexistent/rules.yaml"]).ended()
    #expect(ended.status == 2)
    #expect(ended.errors.contains("the file `/nonexistent/rules.yaml` cannot be written: No such file or directory"))
  }

  @Test func `the help of rules new lists all starters`() async throws {
    let ended = try await EdgecrabProcess(["rules", "new", "--help"]).ended()
    for name in ["mention", "dm", "team", "commands", "hours", "alerts"] {
      #expect(ended.output.contains("  \(name) "), "\(name)")
    }
    #expect(ended.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
