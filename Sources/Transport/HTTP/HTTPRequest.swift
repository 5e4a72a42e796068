internal import Glibc
internal import SystemPackage

/// An HTTP request and the limits of its transfer.
package struct HTTPRequest: Sendable {
  /// The method in upper case, such as `GET`.
  package var method: String
  /// The absolute `http` or `https` URL.
  package var url: String
  /// The headers, in addition to `Host`, `User-Agent` and `Accept-Encoding`.
  package var headers: [(String, String)]
  package var body: HTTPBody?
  /// The time for the whole transfer, from the name look-up to the last byte; `nil` is no limit.
  package var timeLimit: Duration?
  /// The time without any byte sent or received after which the transfer fails; `nil` is no limit. Time during which
  /// the reader of a stream is behind does not count.
  package var idleLimit: Duration?
  /// The size in bytes that the body of the response may have, after decoding any `Content-Encoding`.
  package var bodyBytesMax: Int

  /// Creates a request. `HTTPClient` validates it when it is sent.
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
  /// The method only, because URL, headers and body may contain secrets.
  package var description: String { "\(method) request" }
  /// An empty mirror, so that `dump` prints no secret either.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The body of a request.
package enum HTTPBody: Sendable {
  case bytes([UInt8])
  /// A file, which is read while it is sent.
  case file(OpenFile)
}

/// A regular file that is open for reading. It is closed when the last reference is released.
package final class OpenFile: Sendable {
  /// The size in bytes at the time it was opened, and the size of the body.
  package let size: Int
  private let descriptor: FileDescriptor

  /// Takes ownership of an open file descriptor.
  package init(_ descriptor: Int32) {
    self.descriptor = FileDescriptor(rawValue: descriptor)
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  deinit { try? descriptor.close() }

  /// Reads the bytes at `offset` into a buffer.
  ///
  /// - Returns: The number of bytes, 0 at the end of the body; `nil` if the file cannot be read or has become shorter.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int? {
    let count = min(buffer.count, size - offset)
    guard count > 0 else { return 0 }
    let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    return (try? descriptor.read(fromAbsoluteOffset: Int64(offset), into: piece)).flatMap { $0 > 0 ? $0 : nil }
  }
}

/// Validates what a caller sends, above all against header injection: a line break in a value would start a header of
/// its own.
package enum RequestValidator {
  /// Validates a whole request, and returns its parsed URL.
  static func target(of request: HTTPRequest) throws(TransportError) -> RequestTarget {
    guard isToken(request.method) else {
      throw TransportError(.badHeader, "the method is not an HTTP method")
    }
    try validate(request.headers)
    return try RequestTarget(request.url)
  }

  /// Validates names and values (RFC 9110, sections 5.5 and 5.6.2). The error contains the name of the header, not its
  /// value, which may be a secret.
  package static func validate(_ headers: [(String, String)]) throws(TransportError) {
    for (name, value) in headers {
      guard isToken(name) else {
        throw TransportError(.badHeader, "a header name is empty or contains a character that HTTP does not allow")
      }
      guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
        throw TransportError(.badHeader, "the value of \(name) contains a line break or another control character")
      }
    }
  }

  /// Returns whether a text is a token (RFC 9110, section 5.6.2), as methods and header names are.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

/// The name of this program to servers (RFC 9110, section 10.1.5).
package enum UserAgent {
  /// The version of edgecrab.
  package static let version = "0.1.0"

  static let text = "edgecrab/\(version)"
}
