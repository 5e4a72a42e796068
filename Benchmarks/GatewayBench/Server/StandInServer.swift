import BenchSupport
import Foundation
import Synchronization
import TestSupport
import Transport

/// A stand-in for Mattermost that costs little: a thread for each connection, and answers made from the recordings. As
/// Mattermost does, it sends the events of the bot's own posts and reactions. It counts the calls.
final class StandInServer: Sendable {
  let url: String
  private let service: Service

  /// - Parameters:
  ///   - channels: the number of channels that the bot is in.
  ///   - delay: the time that each call takes.
  init(channels: Int, delay: Duration = .zero) throws {
    let service = try Service(channels: channels, delay: delay)
    self.service = service
    url = try TestServer { service.serve($0) }.url
  }

  var frames: EventFrames { service.frames }
  var channels: Int { service.answers.channels }
  var calls: CallLog.Counts { service.calls.counts }

  /// The number of posts by the bot.
  var postCount: Int { service.state.withLock { $0.posts.count } }
  /// The posts by the bot after the first ones.
  func posts(after count: Int) -> [BotPost] { service.state.withLock { Array($0.posts[count...]) } }

  /// Waits for the event socket.
  func socket() async throws -> EventSocket { try await service.sockets.next("the subject to open the event socket") }

  /// Starts a subject, waits until it has connected and calls nothing more, and returns it with its event socket.
  func connect(_ start: (_ url: String) throws -> Subject) async throws -> (Subject, EventSocket) {
    let subject = try start(url)
    try await subject.isConnected()
    let socket = try await socket()
    try await isQuiet()
    return (subject, socket)
  }

  /// Waits until no call has come for a while, such as after a start.
  func isQuiet(for pause: Duration = .seconds(1), within limit: Duration = .seconds(120)) async throws {
    let end = ContinuousClock.now + limit
    var last = calls.total
    while ContinuousClock.now < end {
      try await Task.sleep(for: pause)
      let now = calls
      if now.total == last, now.atOnce == 0 { return }
      last = now.total
    }
    throw TestFailure("calls still come after \(limit): \(calls.text)")
  }
}

private final class Service: Sendable {
  let frames: EventFrames
  let answers: ServerAnswers
  let calls = CallLog()
  let sockets = AsyncQueue<EventSocket>()
  let state = Mutex(State())
  private let delay: Duration

  struct State {
    var socket: EventSocket?
    var posts: [BotPost] = []
  }

  init(channels: Int, delay: Duration) throws {
    frames = try EventFrames()
    answers = try ServerAnswers(channels: channels)
    self.delay = delay
  }

  func serve(_ peer: Peer) {
    var connection = HTTPConnection(peer)
    while let request = connection.nextRequest() {
      let kind = CallLog.kind(request.method, request.path)
      if kind == "GET websocket" {
        // aiohttp refuses the `Connection: keep-alive, Upgrade` of the tests' server.
        let acceptance = Peer.acceptance(of: request.head, proof: UpgradeRequest.accept)
        peer.send(acceptance.replacing("keep-alive, ", with: ""))
        let socket = EventSocket(peer, hello: frames.hello)
        state.withLock { $0.socket = socket }
        sockets(socket)
        socket.answerPings()
        return
      }
      calls.begin(kind)
      if delay > .zero { usleep(UInt32(delay / .microseconds(1))) }
      let answer = answers.answer(to: request, of: kind)
      calls.end()
      peer.respond("\(answer.status) Recorded", headers: ["Content-Type: application/json"], body: answer.body)
      announce(answer.effect)
    }
  }

  /// Sends the event of what a call has done.
  private func announce(_ effect: ServerAnswers.Effect?) {
    let socket = state.withLock { state in
      if case .post(let post) = effect { state.posts.append(post) }
      return state.socket
    }
    switch effect {
    case .post(let post): socket?.send { frames.ownPost(post, sequence: $0) }
    case .reaction(let post, let user, let emoji):
      socket?.send { frames.reaction(to: post, by: user, with: emoji, sequence: $0) }
    case nil: break
    }
  }
}
