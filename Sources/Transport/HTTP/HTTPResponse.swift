/// A whole response.
package struct HTTPResponse: Sendable, Equatable {
  /// The status code. Every status is a response, none is an error; redirects are not followed.
  package let status: Int
  /// The headers.
  package let headers: HTTPHeaders
  /// The body, with any `Content-Encoding` undone.
  package let body: [UInt8]

  /// Makes a response, for stand-ins.
  package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
