import Testing

@Suite struct RulesExplainCodeTests {
  private func explain(_ arguments: [String]) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "explain-code"] + arguments).ended()
  }

  @Test(arguments: ["E0103", "e0103"])
  func `a code is explained with an example, in any spelling`(code: String) async throws {
    let ended = try await explain([code])
    #expect(ended.status == 0)
    #expect(ended.output.hasPrefix("E0103: unknown key\n\n"))
    #expect(ended.output.contains("\nWrong:\n\n    version: 1\n"))
    #expect(ended.output.contains("\nRight:\n\n    version: 1\n"))
    #expect(!ended.output.contains("```"))
  }

  @Test func `without a code, all codes are listed, one line each`() async throws {
    let ended = try await explain([])
    #expect(ended.status == 0)
    let lines = ended.output.split(separator: "\n")
    #expect(lines.count > 50)
    #expect(lines.contains("E0103  unknown key"))
    #expect(lines.allSatisfy { $0.contains(/^[EW]\d{4}  \S/) && $0.count <= 80 })
  }

  @Test func `an unknown code is answered with the nearest one`() async throws {
    let near = try await explain(["E01O3"])
    #expect(near.status == 2)
    #expect(near.errors.contains("there is no code `E01O3`; did you mean E0103?"))
    let far = try await explain(["unknown\u{1B}key"])
    #expect(far.status == 2)
    #expect(far.errors.contains(#"there is no code `unknown\u{1B}key`; `edgecrab rules explain-code` lists all codes"#))
  }
}
