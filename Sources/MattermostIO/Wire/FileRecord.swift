import Core

/// What the server tells of a file.
struct FileRecord: Decodable {
  var id: String
  var name: String
  var mediaType: String
  var size: Int

  private enum Key: String, CodingKey {
    case id, name, size
    case mediaType = "mime_type"
  }

  init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: Key.self)
    id = file.text(.id)
    name = file.text(.name)
    // What follows a semicolon are parameters, such as the character set (RFC 9110, section 8.3.1).
    mediaType = String(file.text(.mediaType).prefix { $0 != ";" }).lowercased()
    size = Int(clamping: max(0, file.integer(.size)))
  }

  var file: AttachedFile { AttachedFile(id: id, name: name, mediaType: mediaType, size: size) }
}
