import Core
import FoundationEssentials

/// A message of JSON-RPC from the other side.
///
/// Specification: https://www.jsonrpc.org/specification
enum RPCMessage: Equatable {
  /// A request of the other side, which waits for a response with this id.
  case request(id: JSON, method: String, params: JSON)
  case notification(method: String, params: JSON)
  /// The result of a request of ours.
  case response(id: Int, JSON)
  /// The error of a request of ours.
  case error(id: Int, RPCError)

  /// Parses a line; `nil` if it is not a message.
  init?(_ line: some Collection<UInt8>) {
    guard let message = try? JSONDecoder().decode(JSON.self, from: Data(line)) else { return nil }
    if let method = message["method"]?.string {
      let params = message["params"] ?? .null
      self =
        message["id"].map { .request(id: $0, method: method, params: params) }
        ?? .notification(method: method, params: params)
      return
    }
    guard let id = message["id"]?.int else { return nil }
    // Some agents always send both members.
    if let error = message["error"], error != .null {
      self = .error(id: id, RPCError(error))
    } else {
      self = .response(id: id, message["result"] ?? .null)
    }
  }

  /// Returns the line of a request.
  static func request(_ id: Int, _ method: String, _ params: JSON) -> [UInt8] {
    line(["jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": params])
  }

  /// Returns the line of a notification.
  static func notification(_ method: String, _ params: JSON) -> [UInt8] {
    line(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  /// Returns the line of the response to the other side's request `id`.
  static func response(to id: JSON, _ result: Result<JSON, RPCError>) -> [UInt8] {
    switch result {
    case .success(let value): line(["jsonrpc": "2.0", "id": id, "result": value])
    case .failure(let error): line(["jsonrpc": "2.0", "id": id, "error": error.json])
    }
  }

  private static func line(_ message: JSON) -> [UInt8] { Array((message.text + "\n").utf8) }
}

/// The error of a request.
struct RPCError: Error, Equatable {
  var code: Int
  var message: String
  /// Most agents say only here what went wrong.
  var data: JSON = .null

  static func unknown(method: String) -> RPCError { RPCError(code: -32_601, message: "no such method: \(method)") }

  static func badParameters(_ reason: String) -> RPCError { RPCError(code: -32_602, message: reason) }

  static func failed(_ reason: String) -> RPCError { RPCError(code: -32_603, message: reason) }

  /// The Agent Client Protocol's code for a required login.
  static let loginNeeded = -32_000

  init(code: Int, message: String) {
    self.code = code
    self.message = message
  }

  init(_ json: JSON) {
    self.init(code: json["code"]?.int ?? 0, message: json["message"]?.string ?? "")
    data = json["data"] ?? .null
  }

  /// The code, the message and the data for the log.
  var detail: String {
    let more = data == .null ? nil : data.string ?? Self.reason(in: data) ?? data.sorted.text
    return ["\(code) \(message)", more].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The string in an object with one member, under the keys that agents use.
  private static func reason(in data: JSON) -> String? {
    guard case .object(let members) = data, members.count == 1 else { return nil }
    return ["details", "detail", "message", "error", "reason"].lazy.compactMap { data[$0]?.string }.first
  }

  var json: JSON { ["code": .int(code), "message": .string(message)] }
}
