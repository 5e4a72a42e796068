import Transport

/// What an answer tells of the server's rate limit.
struct RateLimitHeaders: Sendable, Equatable {
  /// Whether the call was refused for it (429).
  var isRefusal = false
  /// How many more calls the server takes now; nil where it does not tell, or has no limit.
  var remaining: Int?
  /// How long until it takes calls again.
  var wait: Duration?

  init(isRefusal: Bool = false, remaining: Int? = nil, wait: Duration? = nil) {
    self.isRefusal = isRefusal
    self.remaining = remaining
    self.wait = wait
  }

  init(_ response: HTTPResponse) {
    func number(_ header: String) -> Int? {
      // A server behind another may send a list (`1, 1`); the first is the nearest server's.
      let text = response.headers[header]?.split(separator: ",").first?.filter { $0 != " " }
      return text.flatMap { Int($0) }.map { max($0, 0) }
    }
    isRefusal = response.status == 429
    remaining = number("X-Ratelimit-Remaining")
    wait = (number("Retry-After") ?? number("X-Ratelimit-Reset")).map { .seconds($0) }
  }
}
