package import Core
import FoundationEssentials

/// The names that files of messages get on the disk.
package enum FileName {
  /// A name that means nothing to the file system but itself: what its sender calls the file, without slashes, control
  /// characters and dots in front, and not longer than a file system takes.
  package static func safe(_ name: String) -> String {
    let flat = name.singleLine(atMost: scalarsMax).map { $0 == "/" || $0 == "\\" ? "_" : $0 }
    let visible = String(flat).drop { $0 == "." || $0 == "-" || $0.isWhitespace }
    return visible.isEmpty ? "file" : shortened(visible)
  }

  /// Of a long name the beginning, with the extension where it has one.
  private static func shortened(_ name: Substring) -> String {
    guard name.utf8.count > bytesMax else { return String(name) }
    let dot = name.lastIndex(of: ".").flatMap { name[$0...].utf8.count <= extensionBytesMax ? $0 : nil }
    let end = dot.map { String(name[$0...]) } ?? ""
    var start = dot.map { name[..<$0] } ?? name
    while start.utf8.count + end.utf8.count > bytesMax { start.removeLast() }
    return start + end
  }

  /// File systems take 255 bytes; some are left for a name that is only meanwhile.
  private static let bytesMax = 200
  private static let scalarsMax = 400
  private static let extensionBytesMax = 20
}

extension AttachedFile {
  /// The subfolder of a conversation's folder in which files of messages lie, beside what an agent makes itself.
  package static let subfolder = "files"

  /// Where the file lies in a conversation's folder when it was downloaded.
  package var pathInFolder: String { "\(Self.subfolder)/\(FileName.safe(id))/\(FileName.safe(name))" }
}
