/// A whole response.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code. Every status is a response, none is an error; redirects are not followed.
  public let status: Int
  /// The headers.
  public let headers: HTTPHeaders
  /// The body, with any `Content-Encoding` undone.
  public let body: [UInt8]

  /// Makes a response, for stand-ins.
  public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
