import Core
import FoundationEssentials
import MattermostIO

/// The bytes are the text of a frame. A post that Foundation decodes is not lost, and is read alike.
func brokenByFrame(_ bytes: [UInt8]) -> String? {
  let text = String(decoding: bytes, as: UTF8.self)
  let read = Result { () throws(WireError) in try EventFrame(text) }
  guard let frame: PostedFrame = decoded(text), frame.event == "posted", let post: PlainPost = decoded(frame.data.post),
    ![post.id, post.userID, post.channelID].contains("")
  else { return nil }
  guard case .success(let read) = read, case .posted(let posted) = read.event else {
    return "\(post) is lost: \(read)"
  }
  let plain = PlainPost(
    id: posted.post.id.rawValue, userID: posted.post.userID.rawValue, channelID: posted.post.channelID.rawValue,
    message: posted.post.message, createAt: posted.post.createAt)
  return plain == post ? nil : "\(plain) is read instead of \(post)"
}

/// Returns what Foundation decodes. It takes a text with U+0000 for one in another encoding.
private func decoded<Value: Decodable>(_ text: String) -> Value? {
  text.utf8.contains(0) ? nil : try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
}

private struct PostedFrame: Decodable {
  struct Payload: Decodable { var post: String }

  var event: String
  var data: Payload
}

private struct PlainPost: Decodable, Equatable {
  var id: String
  var userID: String
  var channelID: String
  var message: String
  var createAt: Int64

  private enum CodingKeys: String, CodingKey {
    case id, message
    case userID = "user_id"
    case channelID = "channel_id"
    case createAt = "create_at"
  }
}
