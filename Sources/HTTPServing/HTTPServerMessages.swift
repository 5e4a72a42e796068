/// A complete request.
package struct HTTPServerRequest: Sendable {
  /// The method, as it was sent.
  package let method: String
  /// The path of the target, without the query.
  package let path: String
  /// The query of the target, without the `?`; empty if there is none.
  package let query: String
  /// The headers, in the order in which they were received.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  /// Parses the target of a request, which may be an absolute URL (RFC 9112, section 3.2.2).
  init(method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]) {
    var target = target[...]
    if let scheme = ["http://", "https://"].first(where: { target.prefix(8).lowercased().hasPrefix($0) }) {
      let authority = target.dropFirst(scheme.count)
      target = authority[(authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex)...]
    }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.method = method
    path = parts.first.map { $0.isEmpty ? "/" : String($0) } ?? "/"
    query = parts.count > 1 ? String(parts[1]) : ""
    self.headers = headers
    self.body = body
  }

  /// Returns the value of the first header with a name, in any case, or `nil` if there is none.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// The server's reaction to a request.
package enum HTTPServerAction: Sendable {
  case respond(HTTPServerResponse)
  /// Upgrades the connection to a WebSocket. If the request is not a valid upgrade (RFC 6455, section 4.2.1), the
  /// response is sent.
  case openWebSocket(WebSocketService, otherwise: HTTPServerResponse = HTTPServerResponse(status: 400))
  /// Closes the connection without a response.
  case hangUp
}

/// The response to a request.
package struct HTTPServerResponse: Sendable {
  package var status: Int
  /// The headers. The server adds `Content-Length` and `Connection`.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
