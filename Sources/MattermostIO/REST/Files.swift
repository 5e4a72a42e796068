package import Core
package import Transport

extension MattermostClient {
  /// Uploads a file, and returns its id. It belongs to no post until one of the channel is created with that id.
  /// `POST /files`
  package func upload(
    _ content: HTTPBody, as name: String, to channel: ChannelID
  ) async throws(MattermostError) -> String {
    let response = try await send(.upload(content, as: name, to: channel))
    guard let file = try response.decode(Uploaded.self).files.first, !file.id.isEmpty else {
      throw response.error(.notMattermost)
    }
    return file.id
  }

  /// Returns the name, the type and the size of a file. `GET /files/{file}/info`
  package func file(_ id: String) async throws(MattermostError) -> AttachedFile {
    try await record(FileRecord.self, of: APIRequest(.fileInfo, id), \.id).file
  }

  /// Writes the content of a file into an open file, and returns its size in bytes. `GET /files/{file}`
  ///
  /// - Throws: `.transport` with the code `.tooLarge` if it has more than `bytesMax` bytes. The open file then holds a
  ///   part.
  package func download(
    _ id: String, to descriptor: Int32, bytesMax: Int
  ) async throws(MattermostError) -> Int {
    try await send(.download(id, bytesMax: bytesMax)) { (stream) async throws(TransportError) in
      guard stream.status == 200 else { return (try await stream.whole(), 0) }
      let count = try await stream.save(to: descriptor, bytesMax: bytesMax)
      return (HTTPResponse(status: stream.status, headers: stream.headers), count)
    }.body
  }

  private struct Uploaded: WireDecodable {
    var files: [FileRecord]

    init?(_ json: WireJSON) {
      guard let files = [FileRecord](json["file_infos"]) else { return nil }
      self.files = files
    }
  }
}
