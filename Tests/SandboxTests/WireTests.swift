import Foundation
import Testing
import Vocabulary

@testable import Sandbox

@Suite("What goes over the wire")
struct WireTests {
  @Test("a JSON text says what it was made of, whatever characters it holds")
  func json() throws {
    let nasty = "\u{0}\u{1f}\"\\/\n\r\t\u{7f}\u{2028}é👩‍👩‍👧‍👦\u{202e}x"
    let json: JSON = ["text": .string(nasty), "list": [1, true, nil, [:]], "empty": []]
    let read = try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
    #expect(read["text"] as? String == nasty)
    #expect((read["list"] as? [Any])?.count == 4)
    #expect(json.text.hasPrefix("{\"text\":\"\\u0000\\u001f\\\"\\\\/\\n\\r\\t"))
  }

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
