import Foundation

/// A REST call to a real server and its answer, from `Tests/Recordings/rest`.
package struct Recording: Sendable {
  /// The name of the file without its extension.
  package let name: String
  package let method: String
  /// The path and the query.
  package let path: String
  /// The body of the request.
  package let requestBody: String?
  /// The status of the answer.
  package let status: Int
  /// The headers of the answer by lower-case name.
  package let headers: [String: String]
  /// The body of the answer.
  package let body: String

  /// Reads `rest/NAME.json`.
  package init(_ name: String) throws {
    let data = try Data(contentsOf: Self.folder.appending(path: "rest/\(name).json"))
    guard let recording = try JSONSerialization.jsonObject(with: data) as? [String: Any],
      let request = recording["request"] as? [String: Any], let response = recording["response"] as? [String: Any],
      let method = request["method"] as? String, let path = request["path"] as? String,
      let status = response["status"] as? Int
    else { throw TestFailure("\(name).json is no recording") }
    self.name = name
    self.method = method
    self.path = path
    self.status = status
    requestBody = try request["json"].map(Self.text)
    headers = response["headers"] as? [String: String] ?? [:]
    body = try response["body"].map(Self.text) ?? ""
  }

  /// The body of the answer as JSON, or as text if it is not JSON.
  package var json: Any { (try? JSONSerialization.jsonObject(with: Data(body.utf8))) ?? body }

  /// A frame that the server sent over the event socket.
  package struct Frame: Sendable {
    /// The action that caused it.
    package let step: String
    /// The JSON text.
    package let text: String

    /// The decoded JSON.
    package var json: [String: Any] {
      get throws {
        guard let frame = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
          throw TestFailure("a recorded frame is no JSON object: \(text)")
        }
        return frame
      }
    }
  }

  /// The frames that the server sent in `ws/NAME.jsonl`, in order.
  package static func frames(_ name: String) throws -> [Frame] {
    let file = try String(contentsOf: folder.appending(path: "ws/\(name).jsonl"), encoding: .utf8)
    return try file.split(separator: "\n").compactMap { line in
      let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let entry, entry["dir"] as? String == "in", let frame = entry["frame"] else { return nil }
      return Frame(step: entry["step"] as? String ?? "", text: try text(frame))
    }
  }

  /// The names of all recordings in the folder `rest` or `ws`, in alphabetical order.
  package static func names(in kind: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(at: folder.appending(path: kind), includingPropertiesForKeys: nil)
      .map { $0.deletingPathExtension().lastPathComponent }.sorted()
  }

  private static func text(_ json: Any) throws -> String {
    if let text = json as? String { return text }
    return String(decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Recordings").standardized
}
