import Foundation
import HTTPServing

/// A server that answers REST calls with the recordings, sends recorded frames on the event socket, and stores posts.
package final class RecordedServer: Sendable {
  /// A post of the bot.
  package struct Sent: Sendable, Equatable, Decodable {
    package var channel: String
    package var root: String?
    package var message: String
    /// `bot:post-part`: the post that it answers.
    package var pendingID: String

    private enum CodingKeys: String, CodingKey {
      case message
      case channel = "channel_id"
      case root = "root_id"
      case pendingID = "pending_post_id"
    }
  }

  /// The handling of a request to open the event socket.
  package enum Socket: Sendable {
    /// Opens it and sends these frames.
    case plays([String])
    /// Refuses it, as with a proxy that removes the `Upgrade` header.
    case isEaten
  }

  private let server: HTTPStub
  /// The address for `MATTERMOST_URL`.
  package var address: String { server.url }
  private let state: State

  private actor State {
    var sent: [Sent] = []
    var typing: [String] = []
    func note(typingIn channel: String) { typing.append(channel) }
    func note(_ post: Sent) { sent.append(post) }
  }

  /// Starts a server.
  package static func start(socket: Socket) async throws -> RecordedServer {
    let state = State()
    let answers = try [
      "GET users/me": "users_me", "GET system/ping": "system_ping", "GET users/me/teams": "me_teams",
      "GET users/me/teams/*/channels": "me_team_channels", "POST users/usernames": "users_by_usernames",
      "GET config/client": "config_client", "POST posts": "post_created", "POST users/*/typing": "typing",
      "GET websocket": "ws_upgrade_without_upgrade_header",
    ].mapValues { try Recording($0).response }
    let accounts = try Accounts()
    let server = try await HTTPStub.start { request in
      let call = Self.call(request)
      do {
        switch call {
        case "POST users/ids": return .respond(try accounts.response(to: Data(request.body)))
        case "POST posts": await state.note(try JSONDecoder().decode(Sent.self, from: Data(request.body)))
        case "POST users/*/typing":
          let body = try JSONDecoder().decode([String: String].self, from: Data(request.body))
          await state.note(typingIn: body["channel_id"] ?? "")
        default: break
        }
      } catch {
        return .respond(HTTPServerResponse(500, "\(error)"))
      }
      if call == "GET websocket", case .plays(let frames) = socket {
        // The socket stays open until the client goes.
        let (texts, text) = AsyncStream.makeStream(of: String.self)
        for frame in frames { text.yield(frame) }
        return .openWebSocket(.sending(texts))
      }
      return .respond(answers[call] ?? HTTPServerResponse(404))
    }
    return RecordedServer(server, state)
  }

  /// The method and the path below `/api/v4/`, with `*` for an id of a team or a user.
  private static func call(_ request: HTTPServerRequest) -> String {
    var parts = request.path.dropFirst("/api/v4/".count).split(separator: "/").map(String.init)
    if parts.count == 5, parts[2] == "teams" { parts[3] = "*" }
    if parts.count == 3, parts[0] == "users", parts[2] == "typing" { parts[1] = "*" }
    return "\(request.method) \(parts.joined(separator: "/"))"
  }

  private init(_ server: HTTPStub, _ state: State) {
    self.server = server
    self.state = state
  }

  /// The posts so far.
  package var sent: [Sent] { get async { await state.sent } }

  /// The channels of typing events, one for each event.
  package var typing: [String] { get async { await state.typing } }

  package func stop() async {
    await server.stop()
  }
}

/// Accounts by their ids: the two recorded ones, and others of the same form.
private struct Accounts: Sendable {
  /// The other bot of `events.jsonl`.
  private static let bot = "y3jud46zhigjuyrgewngnogmye"

  private let recording: Recording

  init() throws { recording = try Recording("users_by_ids") }

  func response(to body: Data) throws -> HTTPServerResponse {
    let recorded = recording.json as? [[String: Any]] ?? []
    let accounts = try JSONDecoder().decode([String].self, from: body).map { id in
      if let known = recorded.first(where: { $0["id"] as? String == id }) { return known }
      var account = recorded.first ?? [:]
      account["id"] = id
      account["username"] = "user-\(id)"
      if id == Self.bot { account["is_bot"] = true }
      return account
    }
    var answer = recording.response
    answer.body = Array(try JSONSerialization.data(withJSONObject: accounts))
    return answer
  }
}

extension Recording {
  fileprivate var response: HTTPServerResponse {
    // The day of the recording is not the server's time now.
    HTTPServerResponse(
      status: status,
      headers: headers.filter { $0.key != "content-length" && $0.key != "date" }.map { ($0.key, $0.value) },
      body: Array(body.utf8))
  }
}
