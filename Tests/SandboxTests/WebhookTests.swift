import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("Incoming webhooks", .serialized)
struct WebhookTests {
  @Test func `a webhook posts by its owner's account, under the name of the call`() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.postByWebhook(#"{"text": "one", "username": "CI"}"#)
      _ = try await sandbox.postByWebhook(#"{"text": "two", "channel": "town-square"}"#)
      _ = try await sandbox.postByWebhook(#"{"text": "three", "channel": "@alice"}"#)
      // As `curl -d 'payload={"text": …}'` sends it.
      _ = try await sandbox.postByWebhook(
        "payload=%7B%22text%22:+%22four+%2B%22%7D", contentType: "application/x-www-form-urlencoded")
      let bot = Client(sandbox)
      let posts = try await sandbox.posts(in: "dev")
      #expect(posts.map(\.message) == ["one", "four +"])
      #expect(posts.map(\.author) == ["admin", "admin"])
      let props = try await bot.object("GET", "posts/\(posts[0].id)")["props"] as? [String: String]
      #expect(props == ["from_webhook": "true", "override_username": "CI", "webhook_display_name": "ci"])
      #expect(try await sandbox.posts(in: "town-square").map(\.message) == ["two"])
      #expect(try await sandbox.posts(in: "@admin", as: "alice").map(\.message) == ["three"])
    }
  }

  static let refusals: [(String, Int, String)] = [
    ("{", 400, "parse"), (#"{"text": 7}"#, 400, "parse"), ("{}", 400, "text"), (#"{"text": ""}"#, 400, "text"),
    (#"{"text": "x", "channel": "nowhere"}"#, 404, "channel"), (#"{"text": "x", "channel": "@nobody"}"#, 400, "user"),
  ]

  @Test(arguments: refusals)
  func `a call that Mattermost refuses is refused`(_ body: String, _ status: Int, _ id: String) async throws {
    try await withSandbox { sandbox in
      let answer = try await sandbox.postByWebhook(body)
      #expect(answer.status == status)
      #expect(answer.text.contains("\"web.incoming_webhook.\(id).app_error\""))
    }
  }

  @Test func `a wrong id is refused, and so is a page of another site`() async throws {
    try await withSandbox { sandbox in
      let body = #"{"text": "x"}"#
      for id in ["", "wrong", "../api"] {
        #expect(try await RawHTTP.send("POST", "\(sandbox.url)/hooks/\(id)", body: body).status == 400)
      }
      let id = try await sandbox.webhookID()
      let answer = try await RawHTTP.send(
        "POST", "\(sandbox.url)/hooks/\(id)", headers: [("Origin", "http://evil.example")], body: body)
      #expect(answer.status == 403)
      #expect(try await sandbox.posts(in: "dev").isEmpty)
    }
  }

  @Test func `a long text becomes several posts`() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.postByWebhook(#"{"text": "\#(String(repeating: "é", count: 20_000))"}"#)
      #expect(try await sandbox.posts(in: "dev").map(\.message.unicodeScalars.count) == [16_383, 3_617])
    }
  }

  @Test func `on the page one acts as a webhook, and as a user again`() async throws {
    try await withPage { page, sandbox in
      #expect(await sandbox.add(SandboxNames(webhooks: [.init("<b>jobs", owner: "bob")])) == [])
      try await page.wait(for: "#speaker option", containing: "<b>jobs (of bob)")
      try await page.choose("webhook:\(try await sandbox.webhookID("<b>jobs"))", in: "#speaker")
      try await page.wait(for: "#hook", containing: "\(sandbox.url)/hooks/")
      try await page.focus("#text")
      try await page.type("build 7 failed")
      try await page.press("Enter")
      let post = try await sandbox.nextPost { $0.message == "build 7 failed" }
      #expect(post.author == "bob")
      try await page.wait(for: "[data-author=\"<b>jobs\"] .tag", containing: "webhook")
      #expect(try await page.evaluate("document.querySelector('#text').value") == "")
      try await page.click("[data-channel='@edgecrab']")
      try await page.type("and here")
      try await page.press("Enter")
      try await page.wait(for: "#composer [data-role=note]", containing: "only in channels of its team")
      try await page.choose("alice", in: "#speaker")
      try await page.wait(until: "document.querySelector('#hook').hidden")
    }
  }
}
