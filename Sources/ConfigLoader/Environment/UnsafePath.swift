import FoundationEssentials
import Glibc

/// A file or folder that controls what the gateway runs, and that users other than root and the gateway's own may
/// change.
package struct UnsafePath: Error, Sendable, Equatable {
  /// The path, with its links resolved.
  package let path: String
  let isFolder: Bool
  let reason: Reason

  enum Reason: Sendable, Equatable {
    case owner(UInt32)
    case mode(UInt32)
  }

  /// Returns the problems of a file and of its folder, after resolving links. A missing file is safe.
  ///
  /// Folders further up are not checked: a user who may change them can insert a folder, which is rejected for its
  /// owner, or swap two of ours. Each link on the way and its folder must be owned by root or by us.
  package static func all(ofFile path: String) -> [UnsafePath] {
    guard let file = UnsafePath.look(at: path) else { return [] }
    let links = problems(ofLinksTo: path)
    guard links.isEmpty else { return links }
    guard let real = resolved(path) else { return file.problems(isFolder: false) }
    let folder = real.lastIndex(of: "/").map { $0 == real.startIndex ? "/" : String(real[..<$0]) } ?? "."
    // In a sticky folder like /tmp, other users can add files, but not replace ours.
    let holder = look(at: folder).map { $0.isSticky ? $0.owned : $0 }
    return file.problems(isFolder: false) + (holder?.problems(isFolder: true) ?? [])
  }

  /// Returns the problems of a folder whose whole content matters.
  package static func all(ofFolder path: String) -> [UnsafePath] {
    guard let folder = look(at: path) else { return [] }
    return problems(ofLinksTo: path) + folder.problems(isFolder: true)
  }

  /// Returns the problems of the links in a path: a user who may change one chooses its target.
  private static func problems(ofLinksTo path: String) -> [UnsafePath] {
    var problems: [UnsafePath] = []
    for link in links(to: path) {
      var facts = stat()
      guard lstat(link, &facts) == 0 else { continue }
      problems += Facts(path: link, owner: facts.st_uid, mode: 0).problems(isFolder: false)
      let folder = link.lastIndex(of: "/").map { $0 == link.startIndex ? "/" : String(link[..<$0]) } ?? "."
      guard let holder = look(at: folder) else { continue }
      // In a sticky folder only its owner can change a link; on a read-only file system no one can.
      problems += (holder.isSticky || isReadOnly(folder) ? holder.owned : holder).problems(isFolder: true)
    }
    return problems
  }

  /// Returns the links in a path, in the order of their resolution (path_resolution(7)).
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

    /// Indicates whether users may add to a folder, but not replace files of others.
    var isSticky: Bool { mode & UInt32(S_ISVTX) != 0 }

    /// The same without write permission for group and others.
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

  /// Returns the path without links, or `nil` if it is not in the file system, like that of a pipe.
  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

extension UnsafePath: CustomStringConvertible {
  /// The path, the problem and the remedy.
  package var description: String { "\(summary); \(remedy)" }

  /// The path and the problem.
  package var summary: String { "\(path): \(problem)" }

  /// The command that solves the problem.
  package var remedy: String {
    switch reason {
    case .owner: "run `chown \(geteuid()) \(path)` as root, after you have checked it"
    case .mode: "run `chmod go-w \(path)`"
    }
  }

  var problem: String {
    let role =
      isFolder
      ? "this folder, whose files control what the gateway runs" : "this file, which controls what the gateway runs"
    return switch reason {
    case .owner(let owner): "another user (\(owner)) owns \(role)"
    case .mode(let mode): "other users can write to \(role) (mode \(String(mode, radix: 8)))"
    }
  }
}
