/// One HTTP request and the limits of its exchange.
package struct HTTPRequest: Sendable {
  /// The method, as it goes over the wire: `GET`, `POST`.
  package var method: String
  /// The absolute URL, `http` or `https`.
  package var url: String
  /// The headers to send, beside those that every request has (`Host`, `User-Agent`, `Accept-Encoding`).
  package var headers: [(String, String)]
  /// The body to send, or nil for none.
  package var body: HTTPBody?
  /// How long the whole exchange may take, from the name look-up to the last byte; nil is no limit.
  package var timeLimit: Duration?
  /// How long no byte may come or go; nil is no limit. Time in which the reader of a stream is behind does not count.
  package var idleLimit: Duration?
  /// How large the body of the response may be, in bytes, after any `Content-Encoding` is undone.
  package var bodyBytesMax: Int

  /// Describes a request. Nothing is sent, or checked, before it is handed to an `HTTPClient`.
  package init(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: HTTPBody? = nil,
    timeLimit: Duration? = .seconds(30), idleLimit: Duration? = nil, bodyBytesMax: Int = 16 * 1024 * 1024
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeLimit = timeLimit
    self.idleLimit = idleLimit
    self.bodyBytesMax = bodyBytesMax
  }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
  /// The method only: URL, headers and body may hold secrets, and a request must be safe to log by mistake.
  package var description: String { "\(method) request" }
  /// Shows nothing inside, so that `dump` has nothing to print.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
