extension MattermostClient {
  /// Uploads a file of text, which hangs nowhere until a post of the channel names its id. `POST /files`
  public func upload(_ text: String, as name: String, to channel: String) async throws(MattermostError) -> String {
    let answer = try await answer(to: .upload(Array(text.utf8), as: name, to: channel))
    guard let file = try answer.value(Uploaded.self).files.first, !file.id.isEmpty else {
      throw answer.error(.notMattermost)
    }
    return file.id
  }

  private struct Uploaded: Decodable {
    var files: [File]

    struct File: Decodable {
      var id: String
    }

    private enum CodingKeys: String, CodingKey {
      case files = "file_infos"
    }
  }
}
