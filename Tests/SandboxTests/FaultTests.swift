import Foundation
import Sandbox
import TestSupport
import Testing

/// Each way to misbehave, as a client meets it.
@Suite("The sandbox misbehaves as it is told")
struct FaultTests {
  /// Runs `body` with a bot that has been greeted.
  private func withListener(_ body: (SandboxServer, EventListener) async throws -> Void) async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("status_change")
      try await body(sandbox, listener)
    }
  }

  private func post(_ text: String, on sandbox: SandboxServer) async throws {
    try await sandbox.post(as: "alice", in: "dev", text)
  }

  /// The text of the next post's frame.
  private func nextText(_ listener: EventListener) async throws -> String? {
    let frame = unfolded(try await listener.next("posted"))
    return ((frame["data"] as? [String: Any])?["post"] as? [String: Any])?["message"] as? String
  }

  @Test func `only the bot's event socket is dropped, without a close frame`() async throws {
    try await withListener { sandbox, listener in
      let page = try await EventListener(sandbox, token: try await sandbox.client(as: "alice").token)
      _ = try await page.next("hello")
      await sandbox.misbehave(.drop)
      #expect(try await listener.socket.next() == .ended)
      try await post("one", on: sandbox)
      #expect(try await nextText(page) == "one")
    }
  }

  @Test func `reading the posts of one channel fails, and of other channels works`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let (dev, ops) = (try await sandbox.channelID("dev"), try await sandbox.channelID("ops"))
      await sandbox.misbehave(.failingChannel(dev))
      #expect(try await bot.call("GET", "/api/v4/channels/\(dev)/posts").status == 500)
      #expect(try await bot.call("GET", "/api/v4/channels/\(ops)/posts").status == 200)
    }
  }

  @Test func `a half-open socket sends nothing, and its connection can be resumed on another one`() async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      let hello = try await listener.next("hello")
      _ = try await listener.next("status_change")
      await sandbox.misbehave(.halfOpen)
      try await post("one", on: sandbox)
      try await listener.socket.send(opcode: 0x9, [])
      let id = try #require((hello["data"] as? [String: Any])?["connection_id"] as? String)
      let query = "?connection_id=\(id)&sequence_number=2"
      let second = try await EventListener(sandbox, token: sandbox.botToken, query: query)
      #expect(try await nextText(second) == "one")
      // The old one ends with the resume, and brought neither the post nor a pong.
      #expect(try await listener.socket.next() == .ended)
    }
  }

  @Test(arguments: [1000, 1008, 1012])
  func `a close frame has its code, and the connection ends after the client's answer`(code: UInt16) async throws {
    try await withListener { sandbox, listener in
      await sandbox.misbehave(.close(code))
      try await post("unsaid", on: sandbox)
      #expect(try await listener.socket.next() == .close(code))
      try await listener.socket.send(opcode: 0x8, [UInt8(code >> 8), UInt8(code & 0xFF)])
      #expect(try await listener.socket.next() == .ended)
    }
  }

  @Test func `frames are lost with their numbers, sent twice, and swapped`() async throws {
    try await withListener { sandbox, listener in
      await sandbox.misbehave(.frames(.lost, count: 1))
      await sandbox.misbehave(.frames(.doubled, count: 1))
      await sandbox.misbehave(.frames(.swapped, count: 1))
      for text in ["one", "two", "three", "four"] { try await post(text, on: sandbox) }
      var seen: [String] = []
      for _ in 1...4 {
        let frame = unfolded(try await listener.next("posted"))
        let post = (frame["data"] as? [String: Any])?["post"] as? [String: Any]
        seen.append("\(frame["seq"] ?? "") \(post?["message"] ?? "")")
      }
      #expect(seen.map { $0.split(separator: " ")[1] } == ["two", "two", "four", "three"])
      #expect(seen[0] == seen[1] && Set(seen).count == 3)
    }
  }

  @Test func `a garbled frame is not UTF-8, and is intact after a resume`() async throws {
    try await withListener { sandbox, listener in
      await sandbox.misbehave(.frames(.garbled, count: 1))
      try await post("one", on: sandbox)
      guard case .text(let text) = try await listener.socket.next() else { throw TestFailure("no text") }
      #expect(text.contains("\u{FFFD}"))
      try await post("two", on: sandbox)
      #expect(try await nextText(listener) == "two")
    }
  }

  @Test func `a huge frame has the requested size and a number of the sequence`() async throws {
    try await withListener { sandbox, listener in
      await sandbox.misbehave(.hugeFrame(bytes: 10_000_000))
      let frame = try await listener.next("custom_com.example.plugin_update")
      #expect(((frame["data"] as? [String: Any])?["text"] as? String)?.utf8.count == 10_000_000)
      try await post("one", on: sandbox)
      #expect(try await listener.next("posted")["seq"] as? Int == (frame["seq"] as? Int).map { $0 + 1 })
    }
  }

  @Test func `a refusal for too many calls is like the recorded one`() async throws {
    let recording = try Recording("rate_limited")
    try await withSandbox { sandbox in
      await sandbox.misbehave(.calls(.throttled, count: 1))
      let answer = try await Client(sandbox).call("GET", "/api/v4/users/me")
      #expect(answer.status == recording.status)
      #expect(answer.text == recording.body)
      for (name, value) in recording.headers where name != "date" { #expect(answer.headers[name] == value) }
      #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    }
  }

  @Test func `calls fail or get a proxy's page without being carried out, or only those that post`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      for fault in [CallFault.failing, .page(status: 502), .page(status: 200)] {
        await sandbox.misbehave(.posting(fault, count: 1))
      }
      var answers: [RawHTTP] = []
      for number in 1...4 {
        #expect(try await bot.call("GET", "/api/v4/users/me").status == 200)
        answers.append(
          try await bot.call("POST", "/api/v4/posts", ["channel_id": dev, "message": "\(number)"]))
      }
      #expect(answers.map(\.status) == [500, 502, 200, 201])
      #expect(answers[1...2].allSatisfy { $0.text.contains("<html>") })
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["4"])
    }
  }

  @Test(arguments: [403, 413])
  func `a filter refuses posts and edits of the bot with its text until it is removed`(status: Int) async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      await sandbox.misbehave(.filter("poison", status: status))
      let refused = try await bot.call("POST", "/api/v4/posts", ["channel_id": dev, "message": "some poison"])
      #expect(refused.status == status && refused.text.contains("<html>"))
      let post = try await bot.post("some food", in: dev)
      let edit = try await bot.call("PUT", "/api/v4/posts/\(post)/patch", ["message": "poison"])
      #expect(edit.status == status)
      try await sandbox.post(as: "alice", in: "dev", "poison of hers")
      await sandbox.misbehave(.noFilter)
      _ = try await bot.post("poison again", in: dev)
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["some food", "poison of hers", "poison again"])
    }
  }

  @Test func `with too many concurrent calls, only posts are refused, for valid roots and channels`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      let root = try await sandbox.post(as: "alice", in: "dev", "root")
      await sandbox.misbehave(.crowded(over: 0, delay: .milliseconds(1)))
      let body = ["channel_id": dev, "message": "late"]
      let reply = try await bot.object("POST", "posts", body.merging(["root_id": root]) { $1 })
      #expect(reply["id"] as? String == "api.post.create_post.root_id.app_error")
      let post = try await bot.object("POST", "posts", body)
      #expect(post["id"] as? String == "api.context.invalid_body_param.app_error")
      #expect((post["message"] as? String)?.contains("post.channel_id") == true)
      #expect(try await bot.call("GET", "/api/v4/posts/\(root)").status == 200)
      await sandbox.misbehave(.crowded(over: 1, delay: .milliseconds(1)))
      _ = try await bot.post("in time", in: dev, root: root)
      #expect(await sandbox.mostCallsAtOnce == 1)
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["root", "in time"])
    }
  }

  @Test func `an unanswered call and a slow call are carried out`() async throws {
    try await withSandbox { sandbox in
      let bot = Client(sandbox)
      let dev = try await bot.channel("dev")
      await sandbox.misbehave(.posting(.unanswered, count: 1))
      await #expect(throws: (any Error).self) {
        try await bot.call("POST", "/api/v4/posts", ["channel_id": dev, "message": "one"])
      }
      await sandbox.misbehave(.posting(.slow(.milliseconds(20)), count: 1))
      _ = try await bot.post("two", in: dev)
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["one", "two"])
    }
  }

  @Test func `after amnesia, connections and pending ids are gone and posts stay`() async throws {
    try await withListener { sandbox, listener in
      let bot = Client(sandbox)
      let body = ["channel_id": try await bot.channel("dev"), "message": "once", "pending_post_id": "p:1"]
      _ = try await bot.object("POST", "posts", body)
      await sandbox.misbehave(.amnesia)
      while try await listener.socket.next() != .ended {}
      _ = try await bot.object("POST", "posts", body)
      #expect(try await sandbox.posts(in: "dev").map(\.message) == ["once", "once"])
    }
  }

  @Test func `a revoked token is refused as recorded, while the open socket stays`() async throws {
    let recording = try Recording("unauthorized_revoked_token")
    try await withListener { sandbox, listener in
      await sandbox.misbehave(.revokedToken)
      let refused = try await Client(sandbox).call("GET", "/api/v4/users/me")
      #expect(refused.status == recording.status)
      #expect(refused.text.contains("api.context.session_expired.app_error"))
      try await post("one", on: sandbox)
      #expect(try await nextText(listener) == "one")
      await sandbox.misbehave(.restoredToken)
      #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    }
  }

  @Test func `a restart ends sockets, refuses connections meanwhile, and preserves address, token and posts`()
    async throws
  {
    try await withListener { sandbox, listener in
      try await post("before", on: sandbox)
      let again = try await sandbox.restarted { () throws(SandboxError) in
        try await sandbox.post(as: "alice", in: "dev", "meanwhile")
      }
      while try await listener.socket.next() != .ended {}
      #expect(again.url == sandbox.url && again.botToken == sandbox.botToken)
      #expect(try await Client(again).call("GET", "/api/v4/users/me").status == 200)
      #expect(try await again.posts(in: "dev").map(\.message) == ["before", "meanwhile"])
      await again.stop()
    }
  }
}
