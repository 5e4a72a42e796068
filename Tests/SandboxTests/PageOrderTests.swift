import Sandbox
import TestSupport
import Testing

/// Answers and events come on connections of their own, in any order.
@Suite("The chat page, when answers and events overtake each other", .serialized)
struct PageOrderTests {
  @Test func `an answer that comes after the events does not undo them`() async throws {
    var earlier = ""
    try await withPage(after: { earlier = try await $0.post(as: "bob", in: "town-square", "tpyo") }) { page, sandbox in
      let question = try await sandbox.post(as: "bob", in: "town-square", "lunch?")
      let gone = try await sandbox.post(as: "bob", in: "town-square", "never mind")
      try await page.wait(for: "[data-channel=town-square][data-unread='2']")
      try await page.hold(
        """
        const ask = fetch;
        fetch = async (...request) => {
          const answer = await ask(...request);
          await new Promise(hold);
          return answer;
        };
        """)
      try await page.click("[data-channel=town-square]")
      try await page.waitUntilHeld()

      try await sandbox.edit(earlier, as: "bob", to: "typo")
      try await sandbox.post(as: "mallory", in: "town-square", "yes", root: question)
      try await sandbox.delete(gone, as: "bob")
      try await page.wait(until: "!document.querySelector('[data-post=\"\(gone)\"]')")
      try await page.release()
      // Only the answer has this one.
      try await page.wait(for: "[data-post=\"\(earlier)\"]")
      #expect(try await page.texts(of: "#messages .text p") == ["typo", "lunch?"])
      #expect(try await page.texts(of: "[data-post=\"\(question)\"] [data-role=replies]") == ["1 reply"])
    }
  }

  @Test func `posts between the answer and the connection are shown`() async throws {
    try await withPage(after: { try await $0.post(as: "alice", in: "dev", "before") }) { page, sandbox in
      try await page.wait(for: "#messages .text", containing: "before")
      try await page.hold(
        """
        const say = WebSocket.prototype.send;
        WebSocket.prototype.send = function (...message) { hold(() => say.apply(this, message)); };
        """)
      try await page.choose("bob", in: "#speaker")
      try await page.waitUntilHeld()
      try await page.wait(for: "#messages .text", containing: "before")
      try await sandbox.post(as: "alice", in: "dev", "meanwhile")
      try await page.release()
      try await page.wait(for: "#messages .text", containing: "meanwhile")
    }
  }
}

extension BrowserPage {
  /// Runs `script`, whose `hold` keeps a function until `release`.
  fileprivate func hold(_ script: String) async throws {
    let _: Bool = try await evaluate("(() => { window.held = new Promise(hold => { \(script) }); return true; })()")
  }

  fileprivate func waitUntilHeld() async throws { let _: Bool = try await evaluate("held.then(() => true)") }

  fileprivate func release() async throws { let _: Bool = try await evaluate("held.then(go => (go(), true))") }
}
