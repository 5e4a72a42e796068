import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Actions on posts of the chat page", .serialized)
struct PageActionTests {
  @Test func `one's own post is edited in its place`() async throws {
    try await withPage { page, sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      let id = try await sandbox.post(as: "alice", in: "dev", "@edgecrab helo")
      try await page.click("[data-post=\"\(id)\"] [data-role=edit]")
      try await page.wait(until: "document.activeElement.value === '@edgecrab helo'")
      // What happens meanwhile leaves the box as it is.
      try await sandbox.react(to: id, as: "bob", with: "eyes")
      try await sandbox.post(as: "bob", in: "dev", "meanwhile")
      try await page.wait(for: "[data-author=bob]")
      try await page.type(" there")
      try await page.press("Enter")
      try await page.wait(for: "[data-post=\"\(id)\"] .text", containing: "@edgecrab helo thereedited")
      try await page.wait(for: "[data-post=\"\(id)\"] [data-reaction=eyes]")
      let frame = unfolded(try await listener.next("post_edited"))
      let post = (frame["data"] as? [String: Any])?["post"] as? [String: Any]
      #expect(post?["message"] as? String == "@edgecrab helo there")

      try await page.click("[data-post=\"\(id)\"] [data-role=edit]")
      try await page.type(" and no further")
      try await page.press("Escape")
      try await page.wait(until: "!document.querySelector('.editor')")
      #expect(try await page.texts(of: "[data-post=\"\(id)\"] .text p") == ["@edgecrab helo there"])
    }
  }

  @Test func `one's own post is deleted after a question, and posts of others offer neither`() async throws {
    try await withPage { page, sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      let bobs = try await sandbox.post(as: "bob", in: "dev", "mine")
      let id = try await sandbox.post(as: "alice", in: "dev", "a mistake")
      try await page.wait(for: "[data-post=\"\(id)\"] [data-role=delete]")
      try await page.wait(
        until: "!document.querySelector('[data-post=\"\(bobs)\"] :is([data-role=edit], [data-role=delete])')")
      try await page.click("[data-post=\"\(id)\"] [data-role=delete]")
      try await page.click("[data-post=\"\(id)\"] [data-role=keep]")
      try await page.click("[data-post=\"\(id)\"] [data-role=delete]")
      try await page.click("[data-post=\"\(id)\"] [data-role=confirm]")
      try await page.wait(until: "!document.querySelector('[data-post=\"\(id)\"]')")
      _ = try await listener.next("post_deleted")
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["mine"])
    }
  }

  @Test func `a reaction is added and taken away, with the keyboard alone`() async throws {
    try await withPage { page, sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      let id = try await sandbox.post(as: "bob", in: "dev", "done")
      try await page.focus("[data-post=\"\(id)\"] [data-role=react]")
      try await page.press("Enter")
      try await page.wait(until: "document.activeElement.title === ':+1:'")
      for _ in 0..<4 { try await page.press("ArrowRight") }
      try await page.press("Enter")
      try await page.wait(for: "[data-post=\"\(id)\"] [data-reaction=tada] [aria-pressed=true]", containing: "🎉")
      _ = try await listener.next("reaction_added")
      try await sandbox.react(to: id, as: "bob", with: "tada")
      try await page.wait(for: "[data-post=\"\(id)\"] [data-reaction=tada] button[title=':tada: by alice, bob']")
      try await page.focus("[data-post=\"\(id)\"] [data-reaction=tada] button")
      try await page.press("Enter")
      try await page.wait(for: "[data-post=\"\(id)\"] [data-reaction=tada] [aria-pressed=false]")
      _ = try await listener.next("reaction_removed")
      #expect(try await sandbox.posts(in: "dev").first?.reactions == ["tada"])
    }
  }

  @Test func `an emoji with the name of a member of an object is shown by its name`() async throws {
    try await withPage { page, sandbox in
      let id = try await sandbox.post(as: "bob", in: "dev", "done")
      for name in ["constructor", "__proto__", "<b>"] { try await sandbox.react(to: id, as: "mallory", with: name) }
      try await page.wait(until: "document.querySelectorAll('[data-post=\"\(id)\"] [data-reaction]').length === 3")
      #expect(
        try await page.texts(of: "[data-post=\"\(id)\"] [data-reaction]") == [":constructor:", ":__proto__:", ":<b>:"])
    }
  }

  @Test func `names and channels are completed by the keyboard`() async throws {
    try await withPage { page, sandbox in
      try await page.focus("#text")
      try await page.type("hi @")
      try await page.wait(for: "#names [role=option][aria-selected=true]", containing: "edgecrab")
      try await page.type("ca")
      try await page.wait(until: "document.querySelectorAll('#names [role=option]').length === 1")
      try await page.press("Tab")
      try await page.wait(until: "document.querySelector('#text').value === 'hi @carol.o-brien '")
      try await page.type("see ~")
      try await page.wait(for: "#names [role=option]", containing: "dev")
      try await page.press("ArrowDown")
      try await page.wait(until: "document.querySelector('#text').getAttribute('aria-activedescendant') === 'names-1'")
      try await page.press("Enter")
      try await page.wait(until: "document.querySelector('#text').value === 'hi @carol.o-brien see ~ops '")
      // Without a list, Enter sends; Escape closes a list and keeps the text.
      try await page.type("mail@")
      try await page.wait(until: "document.querySelector('#names').hidden")
      try await page.type(" @al")
      try await page.wait(for: "#names [role=option]", containing: "alice")
      try await page.press("Escape")
      try await page.wait(until: "document.querySelector('#names').hidden")
      try await page.press("Enter")
      let post = try await sandbox.nextPost { $0.author == "alice" }
      #expect(post.message == "hi @carol.o-brien see ~ops mail@ @al")
    }
  }
}
