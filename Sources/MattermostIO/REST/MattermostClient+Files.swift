package import Core
package import Transport

extension MattermostClient {
  /// Uploads a file, which hangs nowhere until a post of the channel names the id that is returned. `POST /files`
  package func upload(
    _ content: HTTPBody, as name: String, to channel: String
  ) async throws(MattermostError) -> String {
    let answer = try await answer(to: .upload(content, as: name, to: channel))
    guard let file = try answer.value(Uploaded.self).files.first, !file.id.isEmpty else {
      throw answer.error(.notMattermost)
    }
    return file.id
  }

  /// What there is to know of a file. `GET /files/{file}/info`
  package func file(_ id: String) async throws(MattermostError) -> AttachedFile {
    try await identified(FileRecord.self, .get("/files/{file}/info", id), \.id).file
  }

  /// Writes a file's content into an open file and returns how many bytes that were. `GET /files/{file}`
  ///
  /// - Throws: where it has more than `bytesMax` bytes (`.tooLarge` of the transport), among others; what was written by
  ///   then stays.
  package func download(
    _ id: String, to descriptor: Int32, bytesMax: Int
  ) async throws(MattermostError) -> Int {
    let answer = try await answer(to: .download(id, bytesMax: bytesMax)) { (stream) async throws(TransportError) in
      guard stream.status == 200 else { return try await stream.whole() }
      let count = try await stream.save(to: descriptor, bytesMax: bytesMax)
      return HTTPResponse(status: 200, headers: stream.headers, body: [UInt8]("\(count)".utf8))
    }
    return Int(String(decoding: answer.response.body, as: UTF8.self)) ?? 0
  }

  private struct Uploaded: Decodable {
    var files: [FileRecord]

    private enum CodingKeys: String, CodingKey {
      case files = "file_infos"
    }
  }
}
