import Core
import HTTPServing

/// Hands the page the tokens of the users it may act as, to whoever has the key of the printed address.
struct PageSession: Sendable {
  static let path = "/page/session"
  static let keyHeader = "X-Sandbox-Key"

  let world: SandboxState
  let key: String

  func answer(_ request: HTTPServerRequest) -> HTTPServerResponse {
    guard request.header(Self.keyHeader) == key else {
      let body: JSON = ["message": "The key is missing or not this sandbox's: open the address that it printed."]
      return HTTPServerResponse(status: 403, contentType: "application/json", body: body.text)
    }
    let users = world.cast.users.map { user -> JSON in
      let mayActAs = Fixtures.speakers.contains(user.username)
      return [
        "id": .string(user.id), "username": .string(user.username), "is_bot": .bool(user.isBot),
        "token": mayActAs ? .string(world.token(of: user.id)) : nil,
      ]
    }
    let body: JSON = [
      "team": world.cast.team.json, "bot": .string(Fixtures.botName), "users": .array(users),
      "message_scalars_max": .int(Limits.messageScalarsMax),
    ]
    var response = HTTPServerResponse(status: 200, contentType: "application/json", body: body.text)
    response.headers.append(("Cache-Control", "no-store"))
    return response
  }
}
