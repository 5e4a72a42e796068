import Core
import HTTPServing

/// Gives the page the tokens of the users that it may act as, and the webhooks.
struct PageSession: Sendable {
  static let path = "/page/session"

  let state: SandboxState

  func answer() async -> HTTPServerResponse {
    let speakers = state.speakerIDs
    let users = await state.allUsers.map { user -> JSON in
      [
        "id": .string(user.id), "username": .string(user.username), "is_bot": .bool(user.isBot),
        "token": speakers.contains(user.id) ? .string(state.token(of: user.id)) : .null,
      ]
    }
    let webhooks = await state.webhooks.map { hook -> JSON in
      [
        "id": .string(hook.id), "name": .string(hook.displayName), "user_id": .string(hook.ownerID),
        "team_id": .string(hook.teamID), "channel_id": .string(hook.channelID),
      ]
    }
    return HTTPServerResponse(page: [
      "teams": .array(await state.teams.map(\.json)), "bot": .string(Fixtures.botName), "users": .array(users),
      "webhooks": .array(webhooks), "message_scalars_max": .int(Limits.messageScalarsMax),
      "image_pixels_max": .int(Limits.imagePixelsMax),
    ])
  }
}

/// The key of the printed address, which every call of the page needs. Other sites and other users do not have it.
struct PageKey: Sendable {
  static let header = "X-Sandbox-Key"

  let key: String

  /// Returns the refusal of a request without the key, or `nil` if it has the key.
  func refusal(of request: HTTPServerRequest) -> HTTPServerResponse? {
    guard request.header(Self.header) != key else { return nil }
    return HTTPServerResponse(
      page: [
        "message": "The key is missing or belongs to another sandbox; open the address that this sandbox has printed."
      ], status: 403)
  }
}

extension HTTPServerResponse {
  /// Creates the response to a call of the page.
  init(page body: JSON, status: Int = 200) {
    self.init(status: status, contentType: "application/json", body: body.text)
    headers.append(("Cache-Control", "no-store"))
  }
}
