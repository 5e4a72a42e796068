import Foundation
import Sandbox
import TestSupport

/// A client of the sandbox's WebSocket that reads frames as JSON.
struct EventListener {
  let socket: RawWebSocket

  init(_ sandbox: SandboxServer, token: String?, query: String = "") async throws {
    let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
    socket = try await RawWebSocket.connect("\(sandbox.url)/api/v4/websocket\(query)", headers: headers)
  }

  /// The next frame, whatever it is.
  func next() async throws -> [String: Any] {
    guard case .text(let text) = try await socket.next(),
      let frame = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { throw TestFailure("something else came than a JSON object") }
    return frame
  }

  /// The next event that is of one of these names.
  func next(_ names: String...) async throws -> [String: Any] {
    while true {
      let frame = try await next()
      if let event = frame["event"] as? String, names.contains(event) { return frame }
    }
  }

  func send(_ object: [String: Any]) async throws {
    try await socket.send(String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self))
  }
}

/// A frame with the JSON texts inside it (`post`, `reaction`, `mentions`) read as well.
func unfolded(_ frame: [String: Any]) -> [String: Any] {
  guard var data = frame["data"] as? [String: Any] else { return frame }
  for key in ["post", "reaction", "mentions"] {
    guard let text = data[key] as? String else { continue }
    data[key] = try? JSONSerialization.jsonObject(with: Data(text.utf8))
  }
  return frame.merging(["data": data]) { $1 }
}
