import FoundationEssentials
import Glibc

/// The folders of all conversations, which are subfolders of one.
package struct SessionFolders: Sendable {
  /// The absolute path of that folder, without symbolic links.
  package let path: String

  /// - Parameter path: the absolute path of the folder. Its symbolic links are resolved once, because programs report
  ///   paths without them.
  package init(path: String) {
    self.path = Self.resolved(path)
  }

  /// Resolves symbolic links as far as the path exists.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return path }
    return resolved(String(path[..<slash])) + path[slash...]
  }

  /// Returns the folder of a conversation. Each generation has its own: a conversation that starts over gets a new
  /// folder.
  package func folder(of session: String, generation: Int64) -> SessionFolder {
    SessionFolder(path: "\(path)/\(Self.name(of: session, generation: generation))")
  }

  /// Removes all folders except those of the given conversations, and returns the errors of those that could not be
  /// removed.
  package func removeAll(except sessions: [(key: String, generation: Int64)]) -> [FolderError] {
    let kept = Set(sessions.map { Self.name(of: $0.key, generation: $0.generation) })
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { !kept.contains($0) }.compactMap { name in
      do throws(FolderError) {
        try SessionFolder(path: "\(path)/\(name)").removeAll()
        return nil
      } catch {
        return error
      }
    }
  }

  private static func name(of session: String, generation: Int64) -> String {
    "\(safe(session))-\(generation)"
  }

  /// Returns an id from the server as a file name, without characters that could have a meaning to the file system.
  static func safe(_ id: String) -> String {
    String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// Returns a path as a unique file name: its end, readable, and the 64-bit FNV-1a hash of all of it.
  static func name(ofPath path: String) -> String {
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let hex = String(hash, radix: 16)
    return safe(String(path.drop { $0 == "/" }.suffix(pathCharactersMax))) + "-"
      + String(repeating: "0", count: 16 - hex.count) + hex
  }

  private static let pathCharactersMax = 100
}
