package import Core
import FoundationEssentials

/// A file in a conversation's folder.
package struct SessionFile: Sendable, Equatable, Codable {
  package let folder: SessionFolder
  /// The path: relative to the folder, or absolute and below it.
  package let path: String

  /// Refers to a file, which need not exist.
  package init(folder: SessionFolder, path: String) {
    self.folder = folder
    self.path = path
  }

  /// The last component of the path.
  package var name: String { String(path.split(separator: "/").last ?? "") }

  /// Opens the file for reading. See `SessionFolder.open(_:forWriting:)`.
  package func open() throws(FolderError) -> Int32 { try folder.open(path) }
}

/// The names of downloaded files on disk.
package enum FileName {
  /// Returns a name without special meaning to the file system: without slashes, control characters and leading dots,
  /// and within the file system's length.
  package static func safe(_ name: String) -> String {
    let flat = name.singleLine(atMost: scalarsMax).map { $0 == "/" || $0 == "\\" ? "_" : $0 }
    let visible = String(flat).drop { $0 == "." || $0 == "-" || $0.isWhitespace }
    return visible.isEmpty ? "file" : shortened(visible)
  }

  /// Cuts a long name, but not its extension.
  private static func shortened(_ name: Substring) -> String {
    guard name.utf8.count > bytesMax else { return String(name) }
    let dot = name.lastIndex(of: ".").flatMap { name[$0...].utf8.count <= extensionBytesMax ? $0 : nil }
    let end = dot.map { String(name[$0...]) } ?? ""
    var start = dot.map { name[..<$0] } ?? name
    while start.utf8.count + end.utf8.count > bytesMax { start.removeLast() }
    return start + end
  }

  /// File systems allow 255 bytes; the rest is for the suffix of a temporary name.
  private static let bytesMax = 200
  private static let scalarsMax = 400
  private static let extensionBytesMax = 20
}

extension AttachedFile {
  /// The subfolder of a conversation's folder for files of messages, apart from what an agent creates itself.
  package static let subfolder = "files"

  /// The file's path in a conversation's folder.
  package var pathInFolder: String { "\(Self.subfolder)/\(FileName.safe(id))/\(FileName.safe(name))" }
}
