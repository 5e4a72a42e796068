/// A file attached to a post, before it is downloaded.
package struct AttachedFile: Sendable, Equatable, Codable {
  package var id: String
  /// The name that its sender gave it; any text.
  package var name: String
  /// The media type as the server states it, such as `image/png`, without parameters; empty if it states none.
  package var mediaType: String
  /// The size in bytes.
  package var size: Int

  package init(id: String, name: String, mediaType: String, size: Int) {
    self.id = id
    self.name = name
    self.mediaType = mediaType
    self.size = size
  }

  /// A one-line description for agents and people: `report.txt (text/plain, 7 bytes)`.
  package var line: String {
    let facts = [mediaType.singleLine(atMost: Self.nameScalarsMax), size.counted("byte")].filter { !$0.isEmpty }
      .joined(separator: ", ")
    return "\(name.singleLine(atMost: Self.nameScalarsMax)) (\(facts))"
  }

  /// Unicode scalars: Mattermost limits neither names nor media types.
  private static let nameScalarsMax = 120
}

extension Sequence<AttachedFile> {
  /// Returns a message with a line below it that names its files, for agents that only read text.
  package func named(below message: String) -> String {
    let files = map(\.line)
    guard !files.isEmpty else { return message }
    let note = "[\(files.count.plural(one: "File", other: "Files")): \(files.joined(separator: ", "))]"
    return message.isEmpty ? note : "\(message)\n\n\(note)"
  }
}
