import FlyingFox
import FlyingSocks
import Foundation

/// A server that answers REST calls with the recordings, plays frames to whoever opens the event socket, and keeps what
/// is posted.
package final class RecordedServer: Sendable {
  /// What was posted.
  package struct Sent: Sendable, Equatable, Decodable {
    package var channel: String
    package var root: String?
    package var message: String
    /// `bot:post-part`: which post it answers.
    package var pendingID: String

    private enum CodingKeys: String, CodingKey {
      case message
      case channel = "channel_id"
      case root = "root_id"
      case pendingID = "pending_post_id"
    }
  }

  /// What becomes of an attempt to open the event socket.
  package enum Socket: Sendable {
    /// It opens, and these frames follow.
    case plays([String])
    /// A proxy eats the `Upgrade` header.
    case isEaten
  }

  private let http: HTTPServer
  private let serving: Task<Void, any Error>
  /// What goes into `MATTERMOST_URL`.
  package let address: String
  private let state: State

  private actor State {
    var sent: [Sent] = []
    var typing: [String] = []
    func note(typingIn channel: String) { typing.append(channel) }
    func note(_ post: Sent) { sent.append(post) }
  }

  /// Starts a server.
  package static func start(socket: Socket) async throws -> RecordedServer {
    let http = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
    let state = State()
    for (route, recording) in [
      ("GET /api/v4/users/me", "users_me"), ("GET /api/v4/system/ping", "system_ping"),
      ("GET /api/v4/users/me/teams", "me_teams"), ("GET /api/v4/users/me/teams/:team/channels", "me_team_channels"),
      ("POST /api/v4/users/usernames", "users_by_usernames"), ("GET /api/v4/config/client", "config_client"),
    ] {
      let answer = try Recording(recording)
      await http.appendRoute(HTTPRoute(route)) { _ in answer.response }
    }
    let accounts = try Accounts()
    await http.appendRoute("POST /api/v4/users/ids") { request in
      try accounts.response(to: try await request.bodyData)
    }
    let created = try Recording("post_created")
    await http.appendRoute("POST /api/v4/posts") { request in
      await state.note(try JSONDecoder().decode(Sent.self, from: try await request.bodyData))
      return created.response
    }
    let typing = try Recording("typing")
    await http.appendRoute("POST /api/v4/users/:user/typing") { request in
      let body = try JSONDecoder().decode([String: String].self, from: try await request.bodyData)
      await state.note(typingIn: body["channel_id"] ?? "")
      return typing.response
    }
    switch socket {
    case .plays(let frames):
      await http.appendRoute("GET /api/v4/websocket", to: .webSocket(Player(frames: frames)))
    case .isEaten:
      let refusal = try Recording("ws_upgrade_without_upgrade_header")
      await http.appendRoute("GET /api/v4/websocket") { _ in refusal.response }
    }
    let serving = Task { try await http.run() }
    try await http.waitUntilListening(timeout: 30)
    guard case .ip4(_, let port) = await http.listeningAddress else { throw SocketError.unsupportedAddress }
    return RecordedServer(http: http, serving: serving, port: port, state: state)
  }

  private init(http: HTTPServer, serving: Task<Void, any Error>, port: UInt16, state: State) {
    self.http = http
    self.serving = serving
    self.state = state
    address = "http://127.0.0.1:\(port)"
  }

  /// What was posted so far.
  package var sent: [Sent] { get async { await state.sent } }

  /// The channels in which the bot was shown typing, once for each time.
  package var typing: [String] { get async { await state.typing } }

  /// Ends it.
  package func stop() async {
    await http.stop()
    serving.cancel()
  }

  private struct Player: WSMessageHandler {
    let frames: [String]

    func makeMessages(for client: AsyncStream<WSMessage>) async throws -> AsyncStream<WSMessage> {
      let frames = frames
      return AsyncStream { stream in
        for frame in frames { stream.yield(.text(frame)) }
        // The socket stays open until the client goes.
        let reading = Task {
          for await _ in client {}
          stream.finish()
        }
        stream.onTermination = { _ in reading.cancel() }
      }
    }
  }
}

/// Accounts by their ids: the two that were recorded, and all others in their form.
private struct Accounts: Sendable {
  /// The other bot of `events.jsonl`.
  private static let bot = "y3jud46zhigjuyrgewngnogmye"

  private let recording: Recording

  init() throws { recording = try Recording("users_by_ids") }

  func response(to body: Data) throws -> HTTPResponse {
    let recorded = recording.json as? [[String: Any]] ?? []
    let accounts = try JSONDecoder().decode([String].self, from: body).map { id in
      if let known = recorded.first(where: { $0["id"] as? String == id }) { return known }
      var account = recorded.first ?? [:]
      account["id"] = id
      account["username"] = "user-\(id)"
      if id == Self.bot { account["is_bot"] = true }
      return account
    }
    let answer = recording.response
    return HTTPResponse(
      statusCode: answer.statusCode, headers: answer.headers,
      body: try JSONSerialization.data(withJSONObject: accounts))
  }
}

extension Recording {
  fileprivate var response: HTTPResponse {
    var headers = HTTPHeaders()
    // The day of the recording is not the server's time now.
    for (name, value) in self.headers where name != "content-length" && name != "date" {
      headers[HTTPHeader(name)] = value
    }
    return HTTPResponse(
      statusCode: HTTPStatusCode(status, phrase: ""), headers: headers, body: Data(body.utf8))
  }
}
