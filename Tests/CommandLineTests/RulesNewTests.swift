import Foundation
import TestSupport
import Testing

@Suite struct RulesNewTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [[]] + ["mention", "dm", "team", "commands", "hours", "alerts"].map { ["--from", $0] })
  func `what is printed is a file that is good and laid out`(arguments: [String]) async throws {
    let ended = try await EdgecrabProcess(["rules", "new"] + arguments).ended()
    #expect(ended.status == 0)
    let path = try folder.write(ended.output, to: "rules.yaml")
    for check in [["check", "--strict"], ["fmt", "--check"], ["test"]] {
      let checked = try await EdgecrabProcess(["rules"] + check + [path]).ended()
      #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    }
  }

  @Test func `a file is written once and never over another`() async throws {
    let path = folder.path("rules.yaml")
    let first = try await EdgecrabProcess(["rules", "new", "--from", "dm", "--output", path]).ended()
    #expect(first.status == 0)
    #expect(first.output == "")
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(written.contains("THE BOT ANSWERS IN PRIVATE ONLY"))
    let second = try await EdgecrabProcess(["rules", "new", "--output", path]).ended()
    #expect(second.status == 2)
    #expect(second.errors.contains("there is a file `\(path)` already"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == written)
  }

  @Test func `where it cannot be written is said`() async throws {
    let ended = try await EdgecrabProcess(["rules", "new", "--output", "/nonexistent/rules.yaml"]).ended()
    #expect(ended.status == 2)
    #expect(ended.errors.contains("the file `/nonexistent/rules.yaml` cannot be written: No such file or directory"))
  }

  @Test func `the cases are listed in the help`() async throws {
    let ended = try await EdgecrabProcess(["rules", "new", "--help"]).ended()
    for name in ["mention", "dm", "team", "commands", "hours", "alerts"] {
      #expect(ended.output.contains("  \(name) "), "\(name)")
    }
    #expect(ended.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
