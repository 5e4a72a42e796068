import Core
import FoundationEssentials

/// A message of JSON-RPC as it comes.
///
/// Specification: https://www.jsonrpc.org/specification
enum RPCMessage: Equatable {
  /// The other side asks for something, and waits for the answer under this id.
  case request(id: JSON, method: String, params: JSON)
  /// The other side tells something.
  case notice(method: String, params: JSON)
  /// The answer to a request of ours.
  case answer(id: Int, JSON)
  /// Why a request of ours has no answer.
  case failure(id: Int, RPCError)

  /// Reads one; nil where it is none.
  init?(_ line: some Collection<UInt8>) {
    guard let message = try? JSONDecoder().decode(JSON.self, from: Data(line)) else { return nil }
    if let method = message["method"]?.string {
      let params = message["params"] ?? .null
      self =
        message["id"].map { .request(id: $0, method: method, params: params) }
        ?? .notice(method: method, params: params)
      return
    }
    guard let id = message["id"]?.int else { return nil }
    // Some always send both.
    let error = message["error"].flatMap { $0 == .null ? nil : $0 }
    self = error.map { .failure(id: id, RPCError($0)) } ?? .answer(id: id, message["result"] ?? .null)
  }

  /// A request as it is sent.
  static func request(_ id: Int, _ method: String, _ params: JSON) -> [UInt8] {
    line(["jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": params])
  }

  /// Something told as it is sent.
  static func notice(_ method: String, _ params: JSON) -> [UInt8] {
    line(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  /// The answer to the other side's request `id` as it is sent.
  static func reply(to id: JSON, _ result: Result<JSON, RPCError>) -> [UInt8] {
    switch result {
    case .success(let value): line(["jsonrpc": "2.0", "id": id, "result": value])
    case .failure(let error): line(["jsonrpc": "2.0", "id": id, "error": error.json])
    }
  }

  private static func line(_ message: JSON) -> [UInt8] { Array((message.text + "\n").utf8) }
}

/// Why a request has no answer.
struct RPCError: Error, Equatable {
  var code: Int
  var message: String
  /// What else is told of it: most agents say only here what went wrong.
  var data: JSON = .null

  static func unknown(method: String) -> RPCError { RPCError(code: -32_601, message: "no such method: \(method)") }
  static func badParameters(_ what: String) -> RPCError { RPCError(code: -32_602, message: what) }
  static func failed(_ why: String) -> RPCError { RPCError(code: -32_603, message: why) }
  /// Agent Client Protocol: somebody has to log in first.
  static let loginNeeded = -32_000

  init(code: Int, message: String) {
    self.code = code
    self.message = message
  }

  init(_ json: JSON) {
    self.init(code: json["code"]?.int ?? 0, message: json["message"]?.string ?? "")
    data = json["data"] ?? .null
  }

  /// All of it, for the log.
  var detail: String {
    let more = data == .null ? nil : data.string ?? Self.reason(in: data) ?? data.sorted.text
    return ["\(code) \(message)", more].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The sentence in an object that says nothing else, under the names that agents give it.
  private static func reason(in data: JSON) -> String? {
    guard case .object(let members) = data, members.count == 1 else { return nil }
    return ["details", "detail", "message", "error", "reason"].lazy.compactMap { data[$0]?.string }.first
  }

  var json: JSON { ["code": .int(code), "message": .string(message)] }
}
