import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("The explanation of a post on the chat page", .serialized)
struct WhyTests {
  @Test func `one click shows the explanation, which changes until it is final, and Escape closes it`() async throws {
    try await withPage { page, sandbox in
      await sandbox.explainPosts { post in
        let reactions = post.reactions.count
        return "@\(post.author) said \(post.message)\n  ✓ talk\n  ✗ other <b>x</b>\nOutcome: \(reactions)\n"
      }
      let id = try await sandbox.post(as: "mallory", in: "dev", "<img src=x onerror=alert(1)>")
      try await page.click("[data-post=\"\(id)\"] [data-role=why]")
      try await page.wait(for: "#why[open] #why-text", containing: "@mallory said <img src=x onerror=alert(1)>")
      #expect(try await page.texts(of: "#why-text .yes, #why-text .no") == ["✓", "✗"])
      #expect(try await page.evaluate("document.querySelectorAll('#why :is(img, b)').length") == 0)
      #expect(try await page.texts(of: "#why-id") == [id])
      try await sandbox.react(to: id, as: "bob", with: "eyes")
      try await page.wait(for: "#why-text", containing: "Outcome: 1")
      try await page.press("Escape")
      try await page.wait(until: "!document.querySelector('#why').open")
      // The focus returns to the button.
      try await page.wait(until: "document.activeElement.dataset.role === 'why'")
    }
  }

  @Test func `without a gateway the page says so`() async throws {
    try await withPage { page, sandbox in
      let id = try await sandbox.post(as: "bob", in: "dev", "hello")
      try await page.click("[data-post=\"\(id)\"] [data-role=why]")
      try await page.wait(for: "#why-text", containing: "This sandbox runs without a gateway of its own")
    }
  }

  @Test func `the call needs the printed key, and a post that exists`() async throws {
    try await withSandbox { sandbox in
      await sandbox.explainPosts { _ in "secret" }
      let id = try await sandbox.post(as: "bob", in: "dev", "hello")
      let key = try #require(sandbox.pageURL.split(separator: "=").last.map(String.init))
      for (headers, status) in [
        ([], 403), ([("X-Sandbox-Key", "wrong")], 403), ([("X-Sandbox-Key", key)], 200),
        ([("X-Sandbox-Key", key), ("Origin", "http://evil.example")], 403),
      ] {
        let answer = try await RawHTTP.send("POST", "\(sandbox.url)/page/why?post=\(id)", headers: headers)
        #expect(answer.status == status)
        #expect(answer.text.contains("secret") == (status == 200))
      }
      for query in ["", "?post=", "?post=\(id)x", "?post=%2e%2e%2f"] {
        let answer = try await RawHTTP.send(
          "POST", "\(sandbox.url)/page/why\(query)", headers: [("X-Sandbox-Key", key)])
        #expect(answer.status == 404)
      }
      #expect(try await RawHTTP.send("GET", "\(sandbox.url)/page/why?post=\(id)").status == 404)
    }
  }
}
