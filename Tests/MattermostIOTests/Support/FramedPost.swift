import Foundation

/// A `posted` frame around a post's JSON, made up where no recording shows the case.
func framed(post: String, sequence: Int = 5) -> String {
  let frame: [String: Any] = ["event": "posted", "seq": sequence, "data": ["post": post, "channel_type": "O"]]
  guard let json = try? JSONSerialization.data(withJSONObject: frame) else { return "" }
  return String(decoding: json, as: UTF8.self)
}
