import Foundation
import TestSupport
import Testing

@Suite struct RulesFormatTests {
  private static let untidy = "rules:\n- {say: hi,   name: a}   # c\nversion: 1\n"
  private static let tidy = "version: 1\n\nrules:\n  - { name: a, say: hi }  # c\n"
  private let folder: TemporaryFolder
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    file = try folder.write(Self.untidy, to: "rules.yaml")
  }

  private func format(_ arguments: String..., input: String? = nil) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "fmt"] + arguments, input: input).ended()
  }

  private var text: String {
    FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  @Test func `a file is formatted in place, and keeps its mode and links`() async throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    let link = folder.path("link.yaml")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "rules.yaml")
    let ended = try await format(link)
    #expect(ended.status == 0)
    #expect(ended.output + ended.errors == "")
    #expect(text == Self.tidy)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "rules.yaml")
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["link.yaml", "rules.yaml"])
  }

  @Test func `the check reports what would change, and changes nothing`() async throws {
    let check = try await format("--check", file)
    #expect(check.status == 1)
    #expect(check.output == "\(file) would change\n")
    let diff = try await format("--diff", file)
    #expect(diff.status == 1)
    #expect(diff.output.hasPrefix("--- \(file)\n+++ \(file)\n@@ -1,3 +1,4 @@\n"))
    #expect(diff.output.contains("\n+  - { name: a, say: hi }  # c\n"))
    #expect(text == Self.untidy)
    let tidy = try folder.write(Self.tidy, to: "tidy.yaml")
    let good = try await format("--check", "--diff", tidy)
    #expect(good.status == 0)
    #expect(good.output == "")
  }

  @Test(arguments: [[], ["-"]])
  func `standard input is formatted to standard output`(arguments: [String]) async throws {
    let ended = try await EdgecrabProcess(["rules", "fmt"] + arguments, input: Self.untidy).ended()
    #expect(ended.status == 0)
    #expect(ended.output == Self.tidy)
  }

  @Test func `a file with errors is not changed, and the others are formatted`() async throws {
    let bad = try folder.write("version: 1\nrulse: []\n", to: "bad.yaml")
    let ended = try await format(bad, file)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("\(bad):2:1: error: unknown key `rulse`"))
    #expect(FileManager.default.contents(atPath: bad) == Data("version: 1\nrulse: []\n".utf8))
    #expect(text == Self.tidy)
  }

  @Test func `a missing file exits with 2`() async throws {
    let ended = try await format("/nonexistent/rules.yaml")
    #expect(ended.status == 2)
    #expect(ended.errors.contains("there is no rules file `/nonexistent/rules.yaml`"))
  }
}
