import Core
import HTTPServing

/// The files of the chat page, built into the program.
struct PageFiles: Sendable {
  private struct File: Sendable {
    let contentType: String
    let body: [UInt8]

    init(_ contentType: String, _ bytes: [UInt8]) {
      self.contentType = "\(contentType); charset=utf-8"
      body = bytes
    }
  }

  private let files: [String: File] = [
    "/": File("text/html", PackageResources.index_html),
    "/page.css": File("text/css", PackageResources.page_css),
    "/page.js": File("text/javascript", PackageResources.page_js),
    "/attachments.js": File("text/javascript", PackageResources.attachments_js),
    "/composer.js": File("text/javascript", PackageResources.composer_js),
    "/posts.js": File("text/javascript", PackageResources.posts_js),
    "/rows.js": File("text/javascript", PackageResources.rows_js),
    "/state.js": File("text/javascript", PackageResources.state_js),
    "/typing.js": File("text/javascript", PackageResources.typing_js),
    "/server.js": File("text/javascript", PackageResources.server_js),
    "/markdown.js": File("text/javascript", PackageResources.markdown_js),
  ]

  /// Returns the file that a request asks for, or `nil` if there is none.
  func answer(_ request: HTTPServerRequest) -> HTTPServerResponse? {
    guard let file = files[request.path], let host = request.header("Host") else { return nil }
    return HTTPServerResponse(
      status: 200,
      headers: [
        ("Content-Type", file.contentType), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", Self.policy(host: host)), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
      ], body: file.body)
  }

  /// Allows only the files of the page and its server, so that injected content can neither run nor connect. `host` has
  /// passed `SameOriginPolicy`.
  private static func policy(host: String) -> String {
    [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src data:",
      // In some browsers, 'self' does not include WebSockets.
      "connect-src 'self' ws://\(host)", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].joined(separator: "; ")
  }
}

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
