import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "", "setup", "doctor", "gateway start", "sandbox", "rules", "rules check", "rules explain", "rules show",
    "rules test",
    "rules fmt",
    "rules replay", "rules diff", "rules journal", "rules who", "rules explain-code", "rules new", "rules schema",
    "data", "data backup", "data restore", "cluster", "cluster status",
  ])
  func `the help of every command fits into a terminal`(command: String) async throws {
    let ended = try await EdgecrabProcess(command.split(separator: " ").map(String.init) + ["--help"]).ended()
    #expect(ended.status == 0)
    #expect(ended.output.contains("USAGE: edgecrab"))
    for line in ended.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }
}
