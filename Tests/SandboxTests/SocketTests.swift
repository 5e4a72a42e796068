import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("The WebSocket's connections")
struct SocketTests {
  @Test func `with a token in the header, hello, the status and the answer to a ping are as recorded`() async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      var frames = [try await listener.next(), try await listener.next()]
      try await listener.send(["seq": 2, "action": "ping"])
      frames.append(try await listener.next())
      let recorded = try Recording.frames("auth_header_ok").map { shape(try $0.json) }
      #expect(frames.map(shape) == recorded)
      #expect(frames.prefix(2).map { $0["seq"] as? Int } == [0, 1])
    }
  }

  @Test func `a token in the challenge authenticates the socket`() async throws {
    let recorded = try Recording.frames("auth_challenge_ok").map { shape(try $0.json) }
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: nil)
      try await listener.send(["seq": 1, "action": "ping"])
      #expect(try await listener.next()["status"] as? String == "FAIL")
      try await listener.send([
        "seq": 2, "action": "authentication_challenge", "data": ["token": sandbox.botToken],
      ])
      let hello = try await listener.next("hello")
      #expect(shape(hello) == recorded.first)
      var reply = try await listener.next()
      while reply["event"] != nil { reply = try await listener.next() }
      #expect(shape(reply) == recorded[1])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `without a valid token the upgrade succeeds, and the connection drops silently`() async throws {
    try await withSandbox { sandbox in
      let listeners = [
        try await EventListener(sandbox, token: nil), try await EventListener(sandbox, token: "wrong"),
      ]
      for listener in listeners { #expect(try await listener.socket.next(within: .seconds(30)) == .ended) }
    }
  }

  @Test func `a bad token in the challenge drops the connection at once`() async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: nil)
      try await listener.send(["seq": 1, "action": "authentication_challenge", "data": ["token": "wrong"]])
      #expect(try await listener.socket.next(within: .seconds(4)) == .ended)
    }
  }

  @Test func `a client that resumes with its number misses nothing, as recorded`() async throws {
    try await withSandbox { sandbox in
      let first = try await EventListener(sandbox, token: sandbox.botToken)
      var frames = [try await first.next()]
      let data = try #require(frames[0]["data"] as? [String: Any])
      let id = try #require(data["connection_id"] as? String)
      frames.append(try await first.next())
      try await sandbox.post(as: "alice", in: "@edgecrab", "before the cut")
      frames.append(try await first.next())
      try await sandbox.dropConnections()
      #expect(try await first.socket.next() == .ended)
      try await sandbox.post(as: "alice", in: "@edgecrab", "while away 1")
      try await sandbox.post(as: "alice", in: "@edgecrab", "while away 2")
      let query = "?connection_id=\(id)&sequence_number=3"
      let second = try await EventListener(sandbox, token: sandbox.botToken, query: query)
      for _ in 1...4 { frames.append(try await second.next()) }
      try await sandbox.post(as: "alice", in: "@edgecrab", "after")
      frames.append(try await second.next())
      let recorded = try Recording.frames("reconnect_lossless").map { unfolded(try $0.json) }
      func story(_ frames: [[String: Any]]) -> [String] {
        frames.map(unfolded).map { frame in
          let data = frame["data"] as? [String: Any] ?? [:]
          let post = data["post"] as? [String: Any] ?? [:]
          return "\(frame["seq"] ?? "") \(frame["event"] ?? "") \(data["status"] ?? post["message"] ?? "")"
        }
      }
      #expect(story(frames) == story(recorded))
    }
  }

  @Test func `an unknown connection, another user's, or a gap that is no longer stored starts a new connection`()
    async throws
  {
    try await withSandbox { sandbox in
      let first = try await EventListener(sandbox, token: sandbox.botToken)
      let hello = try await first.next("hello")
      let id = try #require((hello["data"] as? [String: Any])?["connection_id"] as? String)
      let alice = try await sandbox.client(as: "alice")
      for number in 1...130 { try await sandbox.post(as: "alice", in: "dev", "\(number)") }
      let cases = [
        (sandbox.botToken, "zzzzzzzzzzzzzzzzzzzzzzzzzz", 7), (sandbox.botToken, id, 1), (sandbox.botToken, id, 9_999),
        (alice.token, id, 100),
      ]
      for (token, connection, sequence) in cases {
        let query = "?connection_id=\(connection)&sequence_number=\(sequence)"
        let hello = try await EventListener(sandbox, token: token, query: query).next()
        #expect(hello["event"] as? String == "hello")
        #expect((hello["data"] as? [String: Any])?["connection_id"] as? String != id)
      }
    }
  }

  @Test(arguments: [
    "connection_id=short&sequence_number=1", "connection_id=zzzzzzzzzzzzzzzzzzzzzzzzzz",
    "connection_id=zzzzzzzzzzzzzzzzzzzzzzzzzz&sequence_number=x",
    "connection_id=zzzzzzzzzzzzzzzzzzzzzzzzzz&sequence_number=-1",
  ])
  func `malformed parameters close the socket at once`(_ query: String) async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken, query: "?\(query)")
      #expect(try await listener.socket.next(within: .seconds(4)) == .ended)
    }
  }

  @Test func `users only receive events of their channels, and the typing user does not receive typing`() async throws {
    try await withSandbox { sandbox in
      let mallory = try await EventListener(sandbox, token: try await sandbox.client(as: "mallory").token)
      let carol = try await EventListener(sandbox, token: try await sandbox.client(as: "carol.o-brien").token)
      _ = try await mallory.next("hello")
      _ = try await carol.next("hello")
      try await sandbox.post(as: "alice", in: "ops", "secret")
      let typer = try await sandbox.client(as: "mallory")
      let dev = try await typer.channel("dev")
      try await mallory.send(["seq": 1, "action": "user_typing", "data": ["channel_id": dev]])
      #expect(try await carol.next("posted", "typing")["event"] as? String == "posted")
      #expect(try await carol.next("posted", "typing")["event"] as? String == "typing")
      try await sandbox.post(as: "alice", in: "dev", "for all")
      let frame = unfolded(try await mallory.next("posted", "typing"))
      let post = (frame["data"] as? [String: Any])?["post"] as? [String: Any]
      #expect(post?["message"] as? String == "for all")
    }
  }

  @Test func `pings, fragments and close frames are handled as RFC 6455 requires`() async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("status_change")
      try await listener.socket.send(opcode: 0x9, Array("are you there".utf8))
      #expect(try await listener.socket.next() == .pong)
      try await listener.socket.send(opcode: 0x1, final: false, Array("{\"seq\":1,".utf8))
      try await listener.socket.send(opcode: 0x9)
      try await listener.socket.send(opcode: 0x0, Array("\"action\":\"ping\"}".utf8))
      #expect(try await listener.socket.next() == .pong)
      #expect(try await listener.next()["seq_reply"] as? Int == 1)
      try await listener.socket.send(opcode: 0x8, [0x03, 0xe8])
      #expect(try await listener.socket.next() == .close(1000))
      #expect(try await listener.socket.next() == .ended)
    }
  }

  @Test(arguments: [0, 1, 2])
  func `a protocol violation ends the connection, and the sandbox continues`(_ number: Int) async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("status_change")
      switch number {
      case 0:
        try await listener.socket.send(String(repeating: "x", count: 20_000))
        #expect(try await listener.socket.next() == .close(1009))
      case 1: try await listener.socket.send(opcode: 0x0, [1, 2, 3])
      default: try await listener.socket.send(opcode: 0x2, [1, 2, 3])
      }
      #expect(try await listener.socket.next() == .ended)
      #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    }
  }
}
