import Testing

@Suite struct MistypedCommandTests {
  @Test(arguments: [
    ("rules chekc", "edgecrab rules chekc", "edgecrab rules check"),
    ("gatway start", "edgecrab gatway", "edgecrab gateway"),
    ("gateway strat --rules x", "edgecrab gateway strat", "edgecrab gateway start"),
    ("doctro", "edgecrab doctro", "edgecrab doctor"), ("Rules check", "edgecrab Rules", "edgecrab rules"),
  ])
  func `a mistyped command is answered with the nearest one`(typed: String, shown: String, meant: String) async throws {
    let ended = try await EdgecrabProcess(typed.split(separator: " ").map(String.init)).ended()
    #expect(ended.status == 64)
    #expect(ended.errors.contains("there is no command `\(shown)`; did you mean `\(meant)`?"))
  }

  @Test func `words that resemble no command are left to the parser`() async throws {
    let ended = try await EdgecrabProcess(["frobnicate"]).ended()
    #expect(ended.status == 64 && ended.errors.contains("frobnicate"))
  }
}
