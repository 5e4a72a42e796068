import Core
import Logging
import TestSupport
import Testing
import Transport

@testable import MattermostIO

struct EventSocketTests {
  /// A running socket, and its events.
  private struct Running {
    let events = AsyncQueue<SocketEvent>()
    let clock = ManualClock()
    let server: TestServer
    let task: Task<Void, Never>

    init(
      path: String = "", logger: Logger = .silent, _ serve: @escaping @Sendable (Peer) -> Void
    ) throws {
      server = try TestServer(serve)
      let socket = EventSocket(
        address: try WebAddress(server.url + path), token: Secret("TOKEN_BOT"), logger: logger, clock: clock,
        random: FixedGenerator(0.5))
      task = Task { [events] in await socket.run { events($0) } }
    }

    /// Returns the next events up to the loss of the connection.
    func untilLost() async -> [SocketEvent] {
      var seen: [SocketEvent] = []
      while let event = await events.next() {
        seen.append(event)
        if case .lost = event { break }
      }
      return seen
    }

    /// Returns the error of the next loss of a connection.
    func loss() async -> MattermostError? {
      guard case .lost(let error)? = await untilLost().last else { return nil }
      return error
    }

    func stop() async {
      task.cancel()
      await task.value
    }
  }

  private func other(_ name: String, _ sequence: Int64) -> SocketEvent {
    .event(.other(name: name), sequence: sequence)
  }

  private func typing(_ sequence: Int) -> String { #"{"event":"typing","data":{},"seq":\#(sequence)}"# }

  @Test
  func `the socket connects with the token in a header, and passes events on in order after the hello`() async throws {
    let script = SocketScript([
      {
        $0.say(hello("one"), posted("p", sequence: 1), typing(2)); $0.ignore()
      }
    ])
    let socket = try Running(path: "/chat", script.serve)
    #expect(await socket.events.next() == .connecting)
    #expect(await socket.events.next() == .connected(isResumed: false))
    guard case .event(.posted(let posted), sequence: 1)? = await socket.events.next() else {
      Issue.record("no post")
      return
    }
    #expect(posted.post.id == "p")
    #expect(await socket.events.next() == other("typing", 2))
    #expect(script.targets == ["/chat/api/v4/websocket"])
    #expect(script.heads[0].contains("\r\nAuthorization: Bearer TOKEN_BOT\r\n"))
    await socket.stop()
  }

  @Test func `cancelling the task sends a close frame`() async throws {
    let last = AsyncQueue<SocketFrame?>()
    let script = SocketScript([
      { peer in
        peer.say(hello("one"))
        last(peer.readFrame())
      }
    ])
    let socket = try Running(script.serve)
    #expect(await socket.events.next() == .connecting)
    #expect(await socket.events.next() == .connected(isResumed: false))
    await socket.stop()
    #expect(await last.next()??.opcode == 8)
  }

  @Test func `a server that closes the connection before its hello does not accept the token`() async throws {
    let socket = try Running(SocketScript([{ _ in }]).serve)
    let error = try #require(await socket.loss())
    #expect(error.code == .noHello)
    #expect(error.description.contains("MATTERMOST_TOKEN"))
    await socket.stop()
  }

  @Test func `a server that is silent for the time of the hello does not accept the token`() async throws {
    let closed = AsyncQueue<Bool>()
    let socket = try Running(SocketScript([{ closed($0.waitForClose()) }]).serve)
    #expect(await socket.clock.pass(.seconds(10)))
    #expect(await socket.loss()?.code == .noHello)
    #expect(await closed.next() == true)
    await socket.stop()
  }

  @Test func `an unanswered ping ends a connection`() async throws {
    let script = SocketScript([
      {
        $0.say(hello("one")); $0.ignore()
      }
    ])
    let socket = try Running(script.serve)
    #expect(await socket.events.next() == .connecting)
    #expect(await socket.events.next() == .connected(isResumed: false))
    #expect(await socket.clock.pass(.seconds(10)))
    // Two intervals if the hello is still being handled when the first one starts.
    let passing = Task { while await socket.clock.pass(.seconds(25)) {} }
    #expect(await socket.loss()?.code == .socketSilent)
    passing.cancel()
    await socket.stop()
  }

  @Test func `a connection without events stays open while pings are answered`() async throws {
    let log = AsyncQueue<String>()
    let script = SocketScript([
      { peer in
        peer.say(hello("one"))
        while let frame = peer.readFrame() {
          if frame.opcode == 9 { peer.send(SocketFrame.pong(frame.payload)) }
          if frame.opcode == 8 { peer.send(.close(1000)) }
        }
      }
    ])
    let socket = try Running(logger: Logger(label: "test") { _ in QueueLogHandler(messages: log) }, script.serve)
    #expect(await socket.events.next() == .connecting)
    #expect(await socket.events.next() == .connected(isResumed: false))
    #expect(await socket.clock.pass(.seconds(10)))
    for _ in 1...5 {
      while let message = await log.next(), !message.contains("answers a ping") {}
      #expect(await socket.clock.pass(.seconds(25)))
    }
    #expect(script.targets.count == 1)
    await socket.stop()
  }

  @Test func `a lost connection is resumed without losing an event`() async throws {
    let script = SocketScript([
      { $0.say(hello("one"), typing(1), typing(2)) },
      { $0.say(typing(3), typing(4)) },
    ])
    let socket = try Running(script.serve)
    #expect(
      await socket.untilLost().dropLast() == [
        .connecting, .connected(isResumed: false), other("typing", 1), other("typing", 2),
      ])
    #expect(await socket.events.next() == .waiting(.milliseconds(500)))
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(
      await socket.untilLost().dropLast() == [
        .connecting, .connected(isResumed: true), other("typing", 3), other("typing", 4),
      ])
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(await socket.loss()?.code == .serverFailed)
    #expect(
      script.targets == [
        "/api/v4/websocket", "/api/v4/websocket?connection_id=one&sequence_number=3",
        "/api/v4/websocket?connection_id=one&sequence_number=5",
      ])
    await socket.stop()
  }

  @Test func `a recorded connection is resumed without losing or repeating an event`() async throws {
    let frames = try Recording.frames("reconnect_lossless")
    let first = frames.filter { $0.step.hasPrefix("first") }.map(\.text)
    let second = frames.filter { $0.step.hasPrefix("second") }.map(\.text)
    let script = SocketScript([first, second].map { frames in { peer in for frame in frames { peer.say(frame) } } })
    let socket = try Running(script.serve)
    let before = await socket.untilLost()
    #expect(await socket.clock.pass(.milliseconds(500)))
    let after = await socket.untilLost()
    let messages = (before + after).compactMap { event -> String? in
      if case .event(.posted(let posted), _) = event { posted.post.message } else { nil }
    }
    #expect(messages == ["before the cut", "while away 1", "while away 2", "after"])
    #expect(!(before + after).contains(.gap))
    #expect(after.contains(.connected(isResumed: true)))
    #expect(
      script.targets[1] == "/api/v4/websocket?connection_id=1jiuqhbdj7yyucryibxx4fg18h&sequence_number=3")
    await socket.stop()
  }

  @Test func `a resumed connection without events is confirmed by the answer to a ping action`() async throws {
    let asked = AsyncQueue<SocketFrame?>()
    let script = SocketScript([
      { $0.say(hello("one")) },
      { peer in
        asked(peer.readFrame())
        peer.say(#"{"status":"OK","data":{"text":"pong"},"seq_reply":1}"#)
      },
    ])
    let socket = try Running(script.serve)
    _ = await socket.untilLost()
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(await socket.events.next() == .waiting(.milliseconds(500)))
    #expect(await socket.untilLost().dropLast() == [.connecting, .connected(isResumed: true)])
    #expect(await asked.next()??.payload == Array(#"{"seq":1,"action":"ping"}"#.utf8))
    await socket.stop()
  }

  @Test func `a gap is reported if the server does not resume the connection`() async throws {
    let script = SocketScript([
      { $0.say(hello("one"), typing(1)) },
      { $0.say(hello("two"), typing(1)) },
    ])
    let socket = try Running(script.serve)
    _ = await socket.untilLost()
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(await socket.events.next() == .waiting(.milliseconds(500)))
    #expect(
      await socket.untilLost().dropLast() == [
        .connecting, .connected(isResumed: false), .gap, other("typing", 1),
      ])
    await socket.stop()
  }

  @Test
  func `if the server closes a connection that resumes, the next one starts over and reports a gap`() async throws {
    let script = SocketScript([
      { $0.say(hello("one"), typing(1)) },
      { _ in },
      { $0.say(hello("two")) },
    ])
    let socket = try Running(script.serve)
    _ = await socket.untilLost()
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(await socket.loss()?.code == .socketClosed)
    #expect(await socket.clock.pass(.seconds(1)))
    #expect(await socket.events.next() == .waiting(.seconds(1)))
    #expect(await socket.untilLost().dropLast() == [.connecting, .connected(isResumed: false), .gap])
    #expect(script.targets.last == "/api/v4/websocket")
    await socket.stop()
  }

  @Test func `frames that cannot be decoded are skipped`() async throws {
    let script = SocketScript([
      { peer in
        peer.say(hello("one"), "<html>", "{", "[]", #"{"event":"posted","data":{"post":"{}"},"seq":1}"#)
        peer.send(SocketFrame(opcode: 2, payload: [0, 1, 2]))
        peer.say(#"{"event":"thing_of_the_future","data":7,"seq":2}"#, typing(3))
      }
    ])
    let socket = try Running(script.serve)
    let seen = await socket.untilLost()
    let problems = seen.compactMap { event -> WireError.Code? in
      if case .skipped(let problem) = event { problem.code } else { nil }
    }
    #expect(problems == [.notJSON, .notJSON, .notJSON, .incompletePost])
    #expect(seen.suffix(3).dropLast() == [other("thing_of_the_future", 2), other("typing", 3)])
    #expect(!seen.contains(.gap))
    await socket.stop()
  }

  @Test func `a server that numbers events up to the largest integer is survived`() async throws {
    let last = Int(Int64.max)
    let script = SocketScript([
      { $0.say(#"{"event":"hello","data":{"connection_id":"one"},"seq":\#(last)}"#, typing(last), typing(1)) }
    ])
    let socket = try Running(script.serve)
    let events = await socket.untilLost().dropLast()
    #expect(Array(events.suffix(2)) == [.event(.other(name: "typing"), sequence: nil), other("typing", 1)])
    await socket.stop()
  }

  @Test func `missing numbers in the sequence are reported as a gap`() async throws {
    let script = SocketScript([{ $0.say(hello("one"), typing(1), typing(4), typing(2), typing(5)) }])
    let socket = try Running(script.serve)
    #expect(
      await socket.untilLost().dropLast().suffix(5) == [
        other("typing", 1), .gap, other("typing", 4), other("typing", 2), other("typing", 5),
      ])
    await socket.stop()
  }

  @Test func `a frame of 10 MB is read`() async throws {
    let text = String(repeating: "y", count: 10 * 1024 * 1024)
    let frame = framed(post: #"{"id":"p","user_id":"u","channel_id":"c","message":"\#(text)"}"#, sequence: 1)
    let script = SocketScript([
      {
        $0.say(hello("one"), frame); $0.ignore()
      }
    ])
    let socket = try Running(script.serve)
    #expect(await socket.events.next() == .connecting)
    #expect(await socket.events.next() == .connected(isResumed: false))
    guard case .event(.posted(let posted), _)? = await socket.events.next() else {
      Issue.record("no post")
      return
    }
    #expect(posted.post.message.utf8.count == text.utf8.count)
    await socket.stop()
  }

  @Test func `a message over the limit is not requested again`() async throws {
    let script = SocketScript([
      { peer in
        peer.say(hello("one"))
        peer.send([0x81, 127, 0, 0, 0, 0, 0x7F, 0, 0, 0] + Array("yyyy".utf8))
        peer.ignore()
      },
      { $0.say(typing(2)) },
    ])
    let socket = try Running(script.serve)
    #expect(await socket.loss()?.code == .socketClosed)
    #expect(await socket.clock.pass(.milliseconds(500)))
    #expect(await socket.events.next() == .waiting(.milliseconds(500)))
    #expect(
      await socket.untilLost().dropLast() == [
        .connecting, .connected(isResumed: true), .gap, other("typing", 2),
      ])
    #expect(script.targets.last == "/api/v4/websocket?connection_id=one&sequence_number=2")
    await socket.stop()
  }

  @Test(
    arguments: [
      ("400 Bad Request", MattermostError.Code.upgradeEaten), ("401 Unauthorized", .unauthorized),
      ("403 Forbidden", .forbidden), ("404 Not Found", .notFound), ("200 OK", .notMattermost),
      ("302 Found", .redirected), ("502 Bad Gateway", .serverFailed),
    ])
  func `the error of a refused upgrade follows from its status`(status: String, code: MattermostError.Code) async throws
  {
    let socket = try Running { peer in
      peer.readHead()
      peer.respond(status, headers: ["Connection: close"], body: "<html>")
    }
    let error = try #require(await socket.loss())
    #expect(error.code == code)
    #expect(error.operation == .eventSocket)
    await socket.stop()
  }

  @Test func `the recorded response to an upgrade without its header is recognized`() async throws {
    let exchange = try Recording("ws_upgrade_without_upgrade_header")
    let socket = try Running { peer in
      peer.readHead()
      exchange.answer(peer)
    }
    #expect(await socket.loss()?.code == .upgradeEaten)
    await socket.stop()
  }

  @Test func `the delay grows with each failure, and starts over after a hello`() async throws {
    let script = SocketScript([{ _ in }, { _ in }, { _ in }, { $0.say(hello("one")) }, { _ in }])
    let socket = try Running(script.serve)
    for delay in [500, 1_000, 2_000, 500, 1_000] {
      _ = await socket.untilLost()
      #expect(await socket.events.next() == .waiting(.milliseconds(delay)))
      #expect(await socket.clock.pass(.milliseconds(delay)))
    }
    await socket.stop()
  }

  @Test(
    arguments: [("3", Duration.seconds(3)), ("31536000", .seconds(60)), ("9223372036854775807", .seconds(60))])
  func `the delay is as long as the server asks, up to a minute`(asked: String, delay: Duration) async throws {
    let socket = try Running { peer in
      peer.readHead()
      peer.respond("429 Too Many Requests", headers: ["Retry-After: \(asked)", "Connection: close"])
    }
    #expect(await socket.loss()?.code == .tooManyRequests)
    #expect(await socket.events.next() == .waiting(delay))
    await socket.stop()
  }

  @Test func `while an event is handled, no ping is missed and the next event waits`() async throws {
    let gate = AsyncQueue<Void>()
    let handled = AsyncQueue<SocketEvent>()
    let clock = ManualClock()
    let script = SocketScript([
      {
        $0.say(hello("one"), typing(1), typing(2)); $0.ignore()
      }
    ])
    let server = try TestServer(script.serve)
    let socket = EventSocket(
      address: try WebAddress(server.url), token: Secret("T"), logger: .silent, clock: clock,
      random: FixedGenerator(0.5))
    let task = Task {
      await socket.run { event in
        handled(event)
        if case .event(_, sequence: 1) = event { _ = await gate.next() }
      }
    }
    #expect(await handled.next() == .connecting)
    #expect(await handled.next() == .connected(isResumed: false))
    #expect(await handled.next() == other("typing", 1))
    #expect(await clock.pass(.seconds(10)))
    for _ in 1...3 { #expect(await clock.pass(.seconds(25))) }
    gate(())
    #expect(await handled.next() == other("typing", 2))
    task.cancel()
    await task.value
  }
}
