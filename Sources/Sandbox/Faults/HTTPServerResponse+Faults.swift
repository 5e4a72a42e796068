import HTTPServing

extension HTTPServerResponse {
  /// What a server at its limit says (recording `rate_limited`).
  static var throttled: HTTPServerResponse {
    var response = HTTPServerResponse(status: 429, contentType: "text/plain; charset=utf-8", body: "limit exceeded\n")
    response.headers += [
      ("Retry-After", "1"), ("X-Ratelimit-Limit", "5"), ("X-Ratelimit-Remaining", "0"), ("X-Ratelimit-Reset", "3"),
    ]
    return response
  }

  /// A proxy's page where an answer of the API should be.
  static func page(status: Int) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, contentType: "text/html; charset=utf-8",
      body: "<!doctype html><html><head><title>Please wait</title></head><body>We are back soon.</body></html>\n")
  }
}
