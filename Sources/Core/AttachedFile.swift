/// A file that hangs on a post, before it is downloaded.
package struct AttachedFile: Sendable, Equatable, Codable {
  /// The server's id of it.
  package var id: String
  /// What its sender calls it; any text.
  package var name: String
  /// Its media type as the server tells it, such as `image/png`, without parameters; empty where it does not.
  package var mediaType: String
  /// Bytes.
  package var size: Int

  /// Names a file.
  package init(id: String, name: String, mediaType: String, size: Int) {
    self.id = id
    self.name = name
    self.mediaType = mediaType
    self.size = size
  }

  /// What there is to know of it on one line, for an agent or a person: `report.txt (text/plain, 7 bytes)`.
  package var line: String {
    let facts = [mediaType.singleLine(atMost: Self.nameScalarsShown), "\(size) \(size == 1 ? "byte" : "bytes")"].filter
    {
      !$0.isEmpty
    }.joined(separator: ", ")
    return "\(name.singleLine(atMost: Self.nameScalarsShown)) (\(facts))"
  }

  /// Names may have any length; a line has not.
  private static let nameScalarsShown = 120
}

extension Sequence<AttachedFile> {
  /// A message with a line below it that names its files, for whoever only reads text.
  package func named(below message: String) -> String {
    let files = map(\.line)
    guard !files.isEmpty else { return message }
    let note = "[\(files.count == 1 ? "File" : "Files"): \(files.joined(separator: ", "))]"
    return message.isEmpty ? note : "\(message)\n\n\(note)"
  }
}
