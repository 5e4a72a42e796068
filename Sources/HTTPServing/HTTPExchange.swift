/// A request, complete with its body.
package struct HTTPServerRequest: Sendable {
  /// The method, in upper case as it was sent.
  package let method: String
  /// The path of the target, without its query.
  package let path: String
  /// The query of the target without its `?`; empty if it has none.
  package let query: String
  /// The headers in the order in which they came.
  package let headers: [(name: String, value: String)]
  /// The body; empty if there is none.
  package let body: [UInt8]

  /// Reads the target of a request, which may be a whole address (RFC 9112, section 3.2.2).
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

  /// Returns the value of a header, of a repeated one the first, or `nil` if there is none. Case does not count in names.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// What the server does about a request.
package enum HTTPServerAction: Sendable {
  /// Sends an answer.
  case respond(HTTPServerResponse)
  /// Makes the connection a WebSocket, if the request asks for one as RFC 6455, section 4.2.1, has it; otherwise sends
  /// the answer.
  case openWebSocket(WebSocketService, otherwise: HTTPServerResponse = HTTPServerResponse(status: 400))
  /// Closes the connection without an answer.
  case hangUp
}

/// The answer to a request.
package struct HTTPServerResponse: Sendable {
  /// The status code.
  package var status: Int
  /// The headers; `Content-Length` and `Connection` are the server's own.
  package var headers: [(name: String, value: String)]
  /// The body.
  package var body: [UInt8]

  /// Creates an answer.
  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// The server cannot listen, and the system's reason in plain words.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// The reason, as `address already in use`.
  package let description: String
}
