import Core
import HTTPServing

/// What a call is answered with.
struct Answer: Sendable {
  let status: Int
  let body: JSON
  var etag: String?
  /// A file's content, in the place of a body.
  var file: UploadedFile?

  /// 200 with a body.
  static func ok(_ body: JSON, etag: String? = nil) -> Answer { Answer(status: 200, body: body, etag: etag) }
  /// 201 with a body.
  static func created(_ body: JSON) -> Answer { Answer(status: 201, body: body) }
  /// 200 with a file's content.
  static func file(_ file: UploadedFile) -> Answer { Answer(status: 200, body: [:], file: file) }
  /// What Mattermost says when there is nothing to say.
  static let done = Answer.ok(["status": "OK"])
}

extension HTTPServerResponse {
  /// An answer of the API with the headers that Mattermost puts on every one.
  init(_ answer: Answer, requestID: String) {
    if let file = answer.file {
      // Never shown by a browser that somebody leads to it: it could be a page with a script.
      self.init(status: 200, contentType: file.mediaType, body: Array(file.content))
      headers.append(("Content-Disposition", "attachment"))
    } else {
      self.init(status: answer.status, contentType: "application/json", body: answer.body.text)
    }
    addMattermost(requestID: requestID)
    if let etag = answer.etag { headers.append(("ETag", etag)) }
  }

  init(_ error: AppError, requestID: String) {
    self.init(Answer(status: error.status, body: error.json(requestID: requestID)), requestID: requestID)
  }

  /// What an address that is no call of the API is answered with (recording `not_found_route`).
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

  /// A WebSocket address that was asked for without an upgrade (recording `ws_upgrade_without_upgrade_header`).
  init(upgradeFailed requestID: String) {
    self.init(
      status: 400, contentType: "text/plain; charset=utf-8",
      body: "Bad Request\n" + AppError.upgradeFailed.json(requestID: requestID).text)
    addMattermost(requestID: requestID)
  }

  /// Any text.
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
