import Core
import FoundationEssentials
import Transport

/// A request to the REST API, and how it is sent.
struct APIRequest: Sendable {
  let endpoint: APIEndpoint
  /// The path below `/api/v4`, with the query.
  let path: String
  let body: HTTPBody?
  let contentType: String
  let retries: Retries
  let priority: RequestPriority
  /// True if the request or its response is a file, which may take minutes.
  let isFileTransfer: Bool
  /// The size in bytes that the body of the response may have.
  let responseBytesMax: Int

  /// The condition under which a failed request is sent again, although the server may have processed it.
  enum Retries {
    /// Always: processed twice, it has the same effect.
    case always
    /// Only if the server has certainly not processed it.
    case ifUnprocessed
    /// Never: late, it is useless.
    case never
  }

  /// Creates a request with a JSON body, or without a body.
  ///
  /// - Parameter values: The values of the placeholders of the route, in order.
  init(
    _ endpoint: APIEndpoint, _ values: String..., query: KeyValuePairs<String, String> = [:],
    json: JSON? = nil, retries: Retries = .always, priority: RequestPriority = .read
  ) {
    let body = json.map { HTTPBody.bytes([UInt8]($0.text.utf8)) }
    self.init(endpoint, values, query: query, body: body, retries: retries, priority: priority)
  }

  /// Creates a request that uploads a file. Sent twice, it leaves a file that belongs to no post.
  static func upload(_ content: HTTPBody, as name: String, to channel: ChannelID) -> APIRequest {
    APIRequest(
      .uploadFile, [], query: ["channel_id": channel.rawValue, "filename": name], body: content,
      contentType: "application/octet-stream", priority: .answer, isFileTransfer: true)
  }

  /// Creates a request that downloads a file.
  static func download(_ file: String, bytesMax: Int) -> APIRequest {
    // An error has a body as well.
    APIRequest(
      .file, [file], isFileTransfer: true, responseBytesMax: max(bytesMax, Limits.responseBytesMax))
  }

  private init(
    _ endpoint: APIEndpoint, _ values: [String], query: KeyValuePairs<String, String> = [:], body: HTTPBody? = nil,
    contentType: String = "application/json", retries: Retries = .always, priority: RequestPriority = .read,
    isFileTransfer: Bool = false, responseBytesMax: Int = Limits.responseBytesMax
  ) {
    self.endpoint = endpoint
    let pairs = query.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
    path = Self.path(endpoint.route, values) + (pairs.isEmpty ? "" : "?" + pairs)
    self.body = body
    self.contentType = contentType
    self.retries = retries
    self.priority = priority
    self.isFileTransfer = isFileTransfer
    self.responseBytesMax = responseBytesMax
  }

  /// Replaces the placeholders of a route by values, each percent-encoded as one segment of the path.
  private static func path(_ route: String, _ values: [String]) -> String {
    var values = values[...]
    return route.split(separator: "/", omittingEmptySubsequences: false).map { segment in
      segment.hasPrefix("{") ? (values.popFirst() ?? "").percentEncoded : String(segment)
    }.joined(separator: "/")
  }
}

extension String {
  /// The text with all but the unreserved characters of RFC 3986, section 2.3, percent-encoded. So are dots in a text
  /// of dots alone, which would be a relative path (section 3.3).
  fileprivate var percentEncoded: String {
    let isDots = allSatisfy { $0 == "." }
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: ".") where isDots: text += "%2E"
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }
}

/// One attempt to send a request.
package struct RequestAttempt: Sendable {
  package let endpoint: APIEndpoint
  /// The HTTP status of the response, or `nil` if there was none.
  package let status: Int?
  /// The time for which it waited for the rate limiter.
  package let wait: Duration
}

/// The importance of a request while the server accepts few.
package enum RequestPriority: Int, Sendable, Comparable, CaseIterable {
  /// Shows that the bot is typing.
  case typing
  /// Adds or removes a reaction, or deletes a post.
  case reaction
  /// Shows more of an answer that is still being written.
  case edit
  /// Reads something.
  case read
  /// Posts an answer.
  case answer

  /// True if a request is dropped rather than delayed, because a later one will replace it.
  var isDroppable: Bool { self == .typing || self == .edit }

  package static func < (one: RequestPriority, other: RequestPriority) -> Bool { one.rawValue < other.rawValue }
}
