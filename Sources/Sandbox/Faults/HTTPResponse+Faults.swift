import FlyingFox

extension HTTPResponse {
  /// What a server at its limit says (recording `rate_limited`).
  static var throttled: HTTPResponse {
    var response = HTTPResponse(status: 429, contentType: "text/plain; charset=utf-8", body: "limit exceeded\n")
    for (name, value) in [
      ("Retry-After", "1"), ("X-Ratelimit-Limit", "5"), ("X-Ratelimit-Remaining", "0"), ("X-Ratelimit-Reset", "3"),
    ] {
      response.headers[HTTPHeader(name)] = value
    }
    return response
  }

  /// A proxy's page where an answer of the API should be.
  static func page(status: Int) -> HTTPResponse {
    HTTPResponse(
      status: status, contentType: "text/html; charset=utf-8",
      body: "<!doctype html><html><head><title>Please wait</title></head><body>We are back soon.</body></html>\n")
  }

  /// No answer at all: the connection ends instead.
  static var none: HTTPResponse { HTTPResponse(webSocket: HangUp()) }

  /// FlyingFox ends a connection whose upgrade fails, before it has sent a byte.
  private struct HangUp: WSHandler, Error {
    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
      throw self
    }
  }
}
