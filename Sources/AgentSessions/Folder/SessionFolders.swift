import FoundationEssentials
import Glibc

/// The folders of all conversations, side by side in one.
struct SessionFolders: Sendable {
  /// The absolute path of the folder that holds them.
  let path: String

  /// - Parameter path: where they lie, absolute. The links in it are followed once: programs say where a file lies as the
  ///   system does.
  init(path: String) {
    self.path = Self.resolved(path)
  }

  /// A path without links, as far as it is there.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return path }
    return resolved(String(path[..<slash])) + path[slash...]
  }

  /// The folder of a conversation in its `generation`. It is another one when the conversation begins anew.
  func folder(of session: String, generation: Int64) -> SessionFolder {
    SessionFolder(path: "\(path)/\(Self.name(of: session, generation: generation))")
  }

  /// Removes all folders but those of the given conversations, each with its generation, and returns why some stay.
  func keepOnly(_ sessions: [(key: String, generation: Int64)]) -> [FolderError] {
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

  /// An id as a file's name. Ids come from the server: what might mean something to the file system does not.
  static func safe(_ id: String) -> String {
    String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// A path as a file's name, which no other path has: its end, readable, and the 64-bit FNV-1a hash of all of it.
  static func name(ofPath path: String) -> String {
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let hex = String(hash, radix: 16)
    return safe(String(path.drop { $0 == "/" }.suffix(pathCharactersMax))) + "-"
      + String(repeating: "0", count: 16 - hex.count) + hex
  }

  private static let pathCharactersMax = 100
}
