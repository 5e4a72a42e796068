import Foundation
import Sandbox
import TestSupport

/// A caller of the sandbox's REST API.
struct Client {
  let server: SandboxServer
  let token: String?

  /// As the bot.
  init(_ server: SandboxServer) { self.init(server, token: server.botToken) }

  init(_ server: SandboxServer, token: String?) {
    self.server = server
    self.token = token
  }

  func call(_ method: String, _ path: String, _ body: Any? = nil) async throws -> RawHTTP {
    var headers = [("Content-Type", "application/json")]
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    let text = try body.map { body in
      if let text = body as? String { return text }
      return String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    }
    return try await RawHTTP.send(method, "\(server.url)\(path)", headers: headers, body: text)
  }

  func object(_ method: String, _ path: String, _ body: Any? = nil) async throws -> [String: Any] {
    let answer = try await call(method, "/api/v4/\(path)", body)
    guard let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] else {
      throw TestFailure("\(method) \(path) was answered with \(answer.text)")
    }
    return object
  }

  /// The id of a user.
  func user(_ name: String) async throws -> String {
    try await object("GET", "users/username/\(name)")["id"] as? String ?? ""
  }

  /// The id of a channel of the team.
  func channel(_ name: String) async throws -> String {
    let team = try await object("GET", "teams/name/acme")["id"] as? String ?? ""
    return try await object("GET", "teams/\(team)/channels/name/\(name)")["id"] as? String ?? ""
  }

  /// Posts and returns the post's id.
  func post(_ message: String, in channelID: String, root: String = "") async throws -> String {
    let post = try await object(
      "POST", "posts", ["channel_id": channelID, "message": message, "root_id": root])
    return post["id"] as? String ?? ""
  }
}

extension SandboxServer {
  /// Returns the data of the page, with the key of the printed address.
  func pageSession(key: String? = nil) async throws -> RawHTTP {
    let key = key ?? pageURL.split(separator: "=").last.map(String.init) ?? ""
    return try await RawHTTP.send("POST", "\(url)/page/session", headers: [("X-Sandbox-Key", key)])
  }

  /// A caller as one of the people.
  func client(as name: String) async throws -> Client {
    let session = try JSONSerialization.jsonObject(with: Data(try await pageSession().body)) as? [String: Any]
    let users = session?["users"] as? [[String: Any]] ?? []
    return Client(self, token: users.first { $0["username"] as? String == name }?["token"] as? String)
  }

  /// Posts by the first webhook, or the one with a name, as a program does.
  func postByWebhook(
    _ body: String, named name: String? = nil, contentType: String = "application/json"
  ) async throws -> RawHTTP {
    try await RawHTTP.send(
      "POST", "\(url)/hooks/\(try await webhookID(name))", headers: [("Content-Type", contentType)], body: body)
  }

  func webhookID(_ name: String? = nil) async throws -> String {
    let session = try JSONSerialization.jsonObject(with: Data(try await pageSession().body)) as? [String: Any]
    let hooks = session?["webhooks"] as? [[String: Any]] ?? []
    let hook = hooks.first { name == nil || $0["name"] as? String == name }
    return hook?["id"] as? String ?? ""
  }
}
