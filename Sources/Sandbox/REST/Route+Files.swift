import FlyingFox
import Vocabulary

extension Route {
  static let files: [Route] = [
    // Of the two forms the one without multipart, as the API's reference has it; only the other's answer is recorded.
    Route(.POST, "files") { call, world throws(AppError) in
      let file = try await world.upload(
        call.body, named: call.query["filename"] ?? "", to: call.query["channel_id"] ?? "", by: call.user)
      return .created(["file_infos": [file.json()], "client_ids": []])
    }
  ]
}
