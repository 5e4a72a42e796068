import Testing

@testable import Sandbox

@Suite struct MattermostIDTests {
  @Test func `ids have Mattermost's form, and the id of a name is constant`() {
    let random = Set((1...1_000).map { _ in MattermostID.random() })
    #expect(random.count == 1_000)
    #expect(
      random.allSatisfy { MattermostID.isValid($0) && $0.allSatisfy("ybndrfg8ejkmcpqxot1uwisza345h769".contains) })
    #expect(MattermostID.fixed("user:alice") == MattermostID.fixed("user:alice"))
    #expect(MattermostID.fixed("user:alice") != MattermostID.fixed("user:alicf"))
    #expect(!MattermostID.isValid("short"))
    #expect(!MattermostID.isValid(String(repeating: "é", count: 13)))
  }
}
