import FoundationEssentials
import Transport

/// One REST call before it is sent.
struct APIRequest: Sendable {
  var method: String
  /// The route with its placeholders, as errors and logs name it.
  var route: String
  /// The path under `/api/v4`, with the query.
  var path: String
  var body: HTTPBody?
  var contentType = "application/json"
  var repetition = Repetition.always
  var priority = RequestPriority.read
  var timeLimit = Limits.callTime
  /// How long no byte may move.
  var idleLimit: Duration?
  /// Bytes that the body of the answer may have.
  var answerBytesMax = Limits.answerBytesMax

  /// What we are doing, as errors name it.
  var place: MattermostError.Place { .rest(method: method, route: route) }

  /// Whether a file is on its way, which may take minutes.
  var isTransfer: Bool { idleLimit != nil }

  /// When a call that failed may be sent again, not knowing what became of it.
  enum Repetition {
    /// Whenever that may help: sent twice, it does what it does once.
    case always
    /// Only where the server has certainly not taken it.
    case untaken
    /// What comes late is of no use.
    case never
  }

  /// A call that reads.
  static func get(
    _ route: String, _ values: String..., query: KeyValuePairs<String, String> = [:]
  ) -> APIRequest {
    let pairs = query.map { "\($0)=\(escaped($1))" }.joined(separator: "&")
    return APIRequest(
      method: "GET", route: route, path: filled(route, values) + (pairs.isEmpty ? "" : "?" + pairs))
  }

  /// A call that takes a reaction or a post away.
  static func delete(_ route: String, _ values: String...) -> APIRequest {
    APIRequest(method: "DELETE", route: route, path: filled(route, values), priority: .reaction)
  }

  /// A call that sends a file. Sent twice, it leaves one behind that hangs nowhere.
  static func upload(_ content: HTTPBody, as name: String, to channel: String) -> APIRequest {
    APIRequest(
      method: "POST", route: "/files", path: "/files?channel_id=\(escaped(channel))&filename=\(escaped(name))",
      body: content, contentType: "application/octet-stream", priority: .answer, timeLimit: Limits.fileTime,
      idleLimit: Limits.fileIdleTime)
  }

  /// A call that reads a file's content.
  static func download(_ file: String, bytesMax: Int) -> APIRequest {
    var call = get("/files/{file}", file)
    call.timeLimit = Limits.fileTime
    call.idleLimit = Limits.fileIdleTime
    // A refusal has a body as well.
    call.answerBytesMax = max(bytesMax, Limits.answerBytesMax)
    return call
  }

  /// A call that sends a body.
  static func send(
    _ method: String, _ route: String, _ values: String..., body: some Encodable, repetition: Repetition = .always,
    priority: RequestPriority = .read
  ) -> APIRequest {
    // Our own small structures of strings cannot fail to encode; without a body the server would say what it misses.
    let bytes = (try? JSONEncoder().encode(body)).map { HTTPBody.bytes([UInt8]($0)) }
    return APIRequest(
      method: method, route: route, path: filled(route, values), body: bytes, repetition: repetition,
      priority: priority)
  }

  /// Puts values into a route's placeholders, escaped as one path segment each.
  private static func filled(_ route: String, _ values: [String]) -> String {
    var values = values[...]
    return route.split(separator: "/", omittingEmptySubsequences: false).map { segment in
      segment.hasPrefix("{") ? escaped(values.popFirst() ?? "") : String(segment)
    }.joined(separator: "/")
  }

  /// Percent-encodes all but RFC 3986's unreserved characters. A segment of dots alone would be taken as a direction.
  private static func escaped(_ segment: String) -> String {
    let isDots = segment.allSatisfy { $0 == "." }
    var text = ""
    for byte in segment.utf8 {
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
