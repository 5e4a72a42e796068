import Foundation
import TestSupport
import Testing

@Suite struct RulesShowTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func show(_ arguments: [String]) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "show"] + arguments).ended()
  }

  @Test func `rules show prints a rules file without diagnostics that it shows unchanged`() async throws {
    let first = try await show([])
    #expect(first.status == 0)
    #expect(first.output.contains("session:\n      scope: user\n      # idle: never\n"))
    let path = try folder.write(first.output, to: "shown.yaml")
    let second = try await show([path])
    #expect(second.output == first.output)
    let checked = try await EdgecrabProcess(["rules", "check", path]).ended()
    #expect(checked.status == 0, "\(checked.output)")
  }

  @Test func `rules show prints a single rule`() async throws {
    let ended = try await show(["--rule", "mentions and commands"])
    #expect(ended.output.hasPrefix("name: mentions and commands\nwhen:\n  trigger: [mention, command]\n"))
    let missing = try await show(["--rule", "mentions and comands"])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("there is no rule `mentions and comands`; did you mean `mentions and commands`?"))
  }

  @Test func `rules show prints JSON`() async throws {
    let ended = try await show(["--format", "json"])
    let map = try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    #expect((map["rules"] as? [[String: Any]])?.count == 2)
  }

  @Test func `an unknown format is refused with the known ones`() async throws {
    let ended = try await show(["--format", "xml"])
    #expect(ended.status == 64)
    #expect(ended.errors.contains("Please provide one of 'yaml' and 'json'"), "\(ended.errors)")
  }

  @Test(arguments: [("svg", "<svg "), ("dot", "digraph rules {")])
  func `rules show prints a graph`(format: String, begins: String) async throws {
    let ended = try await show(["--graph", format])
    #expect(ended.status == 0)
    #expect(ended.output.hasPrefix(begins))
    #expect(ended.output.contains("direct messages"))
  }

  @Test func `a file with errors is not shown, and its diagnostics are printed`() async throws {
    let path = try folder.write("version: 1\nrules: [{ name: a }]\n", to: "rules.yaml")
    let ended = try await show([path])
    #expect(ended.status == 2)
    #expect(ended.output == "" && ended.errors.contains("E0401"))
  }
}
