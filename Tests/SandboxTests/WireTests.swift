import Core
import Foundation
import Testing

@testable import Sandbox

@Suite("What goes over the wire")
struct WireTests {
  @Test("ids have Mattermost's form; a name's is always the same")
  func ids() {
    let random = Set((1...1_000).map { _ in MattermostID.random() })
    #expect(random.count == 1_000)
    #expect(
      random.allSatisfy { MattermostID.isValid($0) && $0.allSatisfy("ybndrfg8ejkmcpqxot1uwisza345h769".contains) })
    #expect(MattermostID.fixed("user:alice") == MattermostID.fixed("user:alice"))
    #expect(MattermostID.fixed("user:alice") != MattermostID.fixed("user:alicf"))
    #expect(!MattermostID.isValid("short"))
    #expect(!MattermostID.isValid(String(repeating: "é", count: 13)))
  }

  @Test("dates have the form of RFC 9110")
  func dates() {
    #expect(HTTPDate.text(of: Date(timeIntervalSince1970: 1_795_351_683)) == "Sun, 22 Nov 2026 12:48:03 GMT")
    #expect(HTTPDate.text(of: Date(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
  }
}
