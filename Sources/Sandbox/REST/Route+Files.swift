import Core

extension Route {
  static let files: [Route] = [
    // Of the two forms the one without multipart, as the API's reference has it; only the other's answer is recorded.
    Route(.post, "files") { call, world throws(AppError) in
      let file = try await world.upload(
        call.body, named: call.query["filename"] ?? "", to: call.query["channel_id"] ?? "", by: call.user)
      return .created(["file_infos": [file.json()], "client_ids": []])
    },
    Route(.get, "files/{file_id}") { call, world throws(AppError) in
      .file(try await world.file(try call.id("file_id"), for: call.user).file)
    },
    Route(.get, "files/{file_id}/info") { call, world throws(AppError) in
      let (file, postID) = try await world.file(try call.id("file_id"), for: call.user)
      return .ok(file.json(in: postID))
    },
  ]
}
