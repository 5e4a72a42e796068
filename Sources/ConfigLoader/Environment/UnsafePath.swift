import FoundationEssentials
import Glibc

/// A file or folder that decides which programs run as the gateway, and that others than root and the gateway's own user
/// may change.
package struct UnsafePath: Error, Sendable, Equatable {
  /// Its path, without links.
  package let path: String
  let isFolder: Bool
  let reason: Reason

  enum Reason: Sendable, Equatable {
    case owner(UInt32)
    case mode(UInt32)
  }

  /// What is unsafe about a file and the folder that holds it; where a link leads elsewhere, about what it leads to. A file
  /// that is not there is not unsafe.
  ///
  /// Folders further up are not checked: whoever may change them can put a folder of their own in the place, which is
  /// refused for its owner, or swap two of ours. But each link on the way must be root's or ours, and so must the folder
  /// that holds it.
  package static func all(ofFile path: String) -> [UnsafePath] {
    guard let file = UnsafePath.look(at: path) else { return [] }
    let links = problems(ofLinksTo: path)
    guard links.isEmpty else { return links }
    guard let real = resolved(path) else { return file.problems(isFolder: false) }
    let folder = real.lastIndex(of: "/").map { $0 == real.startIndex ? "/" : String(real[..<$0]) } ?? "."
    // In a folder like /tmp, others can add files, but not replace ours.
    let holder = look(at: folder).map { $0.isSticky ? $0.owned : $0 }
    return file.problems(isFolder: false) + (holder?.problems(isFolder: true) ?? [])
  }

  /// What is unsafe about a folder of which all that it holds counts.
  package static func all(ofFolder path: String) -> [UnsafePath] {
    guard let folder = look(at: path) else { return [] }
    return problems(ofLinksTo: path) + folder.problems(isFolder: true)
  }

  /// What is unsafe about the links through which a path leads: who may change one chooses what it leads to.
  private static func problems(ofLinksTo path: String) -> [UnsafePath] {
    var problems: [UnsafePath] = []
    for link in links(to: path) {
      var facts = stat()
      guard lstat(link, &facts) == 0 else { continue }
      problems += Facts(path: link, owner: facts.st_uid, mode: 0).problems(isFolder: false)
      let folder = link.lastIndex(of: "/").map { $0 == link.startIndex ? "/" : String(link[..<$0]) } ?? "."
      guard let holder = look(at: folder) else { continue }
      // A link in a folder like /tmp is its owner's alone; on a read-only file system nobody changes any.
      problems += (holder.isSticky || isReadOnly(folder) ? holder.owned : holder).problems(isFolder: true)
    }
    return problems
  }

  /// The links through which a path leads, in the order in which the system follows them (path_resolution(7)).
  private static func links(to path: String) -> [String] {
    let start = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var rest = start.split(separator: "/").map(String.init)[...]
    var done = ""
    var links: [String] = []
    while let name = rest.popFirst(), links.count < Limits.linksMax {
      switch name {
      case ".": continue
      case "..": done = String(done[..<(done.lastIndex(of: "/") ?? done.startIndex)])
      default:
        let next = "\(done)/\(name)"
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next) else {
          done = next
          continue
        }
        links.append(next)
        if target.hasPrefix("/") { done = "" }
        rest = (target.split(separator: "/").map(String.init) + rest)[...]
      }
    }
    return links
  }

  private static func isReadOnly(_ path: String) -> Bool {
    var facts = statvfs()
    return statvfs(path, &facts) == 0 && facts.f_flag & UInt(ST_RDONLY) != 0
  }

  private struct Facts {
    let path: String
    let owner: UInt32
    let mode: UInt32

    /// Whether others may add to a folder, but not replace what is another's.
    var isSticky: Bool { mode & UInt32(S_ISVTX) != 0 }

    /// The same, as if nobody but its owner could write it.
    var owned: Facts { Facts(path: path, owner: owner, mode: mode & ~0o022) }

    func problems(isFolder: Bool) -> [UnsafePath] {
      var reasons: [Reason] = []
      if owner != 0, owner != geteuid() { reasons.append(.owner(owner)) }
      if mode & 0o022 != 0 { reasons.append(.mode(mode & 0o777)) }
      return reasons.map { UnsafePath(path: path, isFolder: isFolder, reason: $0) }
    }
  }

  private static func look(at path: String) -> Facts? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    return Facts(path: resolved(path) ?? path, owner: facts.st_uid, mode: facts.st_mode)
  }

  /// The path without links; nil where it is none of the file system, as that of a pipe.
  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

extension UnsafePath: CustomStringConvertible {
  /// Where, what, and what to do.
  package var description: String { "\(path): \(text)" }

  /// What, and what to do.
  var text: String {
    let role =
      isFolder ? "this folder, which holds what runs as the gateway" : "this file, which says what runs as the gateway"
    return switch reason {
    case .owner(let owner):
      "another user (\(owner)) owns \(role); run `chown \(geteuid()) \(path)` as root, once you have looked into it"
    case .mode(let mode): "others may write \(role) (mode \(String(mode, radix: 8))); run `chmod go-w \(path)`"
    }
  }
}
