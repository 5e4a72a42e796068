import Core
import HTTPServing

/// The answer to a call.
struct RouteResponse: Sendable {
  let status: Int
  let body: JSON
  var etag: String?
  /// The content of a file, in place of `body`.
  var file: UploadedFile?

  static func ok(_ body: JSON, etag: String? = nil) -> RouteResponse {
    RouteResponse(status: 200, body: body, etag: etag)
  }
  static func created(_ body: JSON) -> RouteResponse { RouteResponse(status: 201, body: body) }
  static func file(_ file: UploadedFile) -> RouteResponse { RouteResponse(status: 200, body: [:], file: file) }
  /// The answer of calls without a result.
  static let done = RouteResponse.ok(["status": "OK"])
}

extension HTTPServerResponse {
  /// Creates the response to a call, with the headers that Mattermost sends with every response.
  init(_ answer: RouteResponse, requestID: String) {
    if let file = answer.file {
      // Never displayed by a browser: it could be a page with a script.
      self.init(status: 200, contentType: file.mediaType, body: Array(file.content))
      headers.append(("Content-Disposition", "attachment"))
    } else {
      self.init(status: answer.status, contentType: "application/json", body: answer.body.text)
    }
    addMattermost(requestID: requestID)
    if let etag = answer.etag { headers.append(("ETag", etag)) }
  }

  init(_ error: AppError, requestID: String) {
    self.init(RouteResponse(status: error.status, body: error.json(requestID: requestID)), requestID: requestID)
  }

  /// Creates the response to an unknown path (recording `not_found_route`).
  init(noSuchCall path: String) {
    let body: JSON = [
      "id": "api.context.404.app_error", "message": "Sorry, we could not find the page.",
      "detailed_error": .string(
        "There doesn't appear to be an api call for the url='\(path)'.  "
          + "Typo? are you missing a team_id or user_id as part of the url?"),
      "status_code": 404,
    ]
    self.init(status: 404, contentType: "text/plain; charset=utf-8", body: body.text)
  }

  /// Creates the response to a WebSocket path without an upgrade (recording `ws_upgrade_without_upgrade_header`).
  init(upgradeFailed requestID: String) {
    self.init(
      status: 400, contentType: "text/plain; charset=utf-8",
      body: "Bad Request\n" + AppError.upgradeFailed.json(requestID: requestID).text)
    addMattermost(requestID: requestID)
  }

  init(status: Int, contentType: String, body: String) {
    self.init(status: status, contentType: contentType, body: Array(body.utf8))
  }

  private init(status: Int, contentType: String, body: [UInt8]) {
    self.init(
      status: status, headers: [("Content-Type", contentType), ("X-Content-Type-Options", "nosniff")], body: body)
  }

  private mutating func addMattermost(requestID: String) {
    headers += [
      ("Vary", "Accept-Encoding"), ("X-Request-Id", requestID), ("X-Version-Id", ServerVersion.full),
    ]
  }
}

extension HTTPServerResponse {
  /// The response of a server at its rate limit (recording `rate_limited`).
  static var throttled: HTTPServerResponse {
    var response = HTTPServerResponse(status: 429, contentType: "text/plain; charset=utf-8", body: "limit exceeded\n")
    response.headers += [
      ("Retry-After", "1"), ("X-Ratelimit-Limit", "5"), ("X-Ratelimit-Remaining", "0"), ("X-Ratelimit-Reset", "3"),
    ]
    return response
  }

  /// The web page of a proxy in place of an answer.
  static func page(status: Int) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, contentType: "text/html; charset=utf-8",
      body: "<!doctype html><html><head><title>Please wait</title></head><body>We are back soon.</body></html>\n")
  }
}
