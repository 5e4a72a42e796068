import Core
import HTTPServing

/// Gives the page the tokens of the users that it may act as. The request needs the key of the printed address.
struct PageSession: Sendable {
  static let path = "/page/session"
  static let keyHeader = "X-Sandbox-Key"

  let state: SandboxState
  let key: String

  func answer(_ request: HTTPServerRequest) -> HTTPServerResponse {
    guard request.header(Self.keyHeader) == key else {
      let body: JSON = [
        "message": "The key is missing or belongs to another sandbox; open the address that this sandbox has printed."
      ]
      return HTTPServerResponse(status: 403, contentType: "application/json", body: body.text)
    }
    let users = state.fixtures.users.map { user -> JSON in
      let mayActAs = Fixtures.speakers.contains(user.username)
      return [
        "id": .string(user.id), "username": .string(user.username), "is_bot": .bool(user.isBot),
        "token": mayActAs ? .string(state.token(of: user.id)) : .null,
      ]
    }
    let body: JSON = [
      "team": state.fixtures.team.json, "bot": .string(Fixtures.botName), "users": .array(users),
      "message_scalars_max": .int(Limits.messageScalarsMax),
    ]
    var response = HTTPServerResponse(status: 200, contentType: "application/json", body: body.text)
    response.headers.append(("Cache-Control", "no-store"))
    return response
  }
}
