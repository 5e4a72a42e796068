import Glibc

/// A file or folder that decides which programs run as the gateway, and that others than root and the gateway's own user
/// may change.
public struct UnsafePath: Error, Sendable, Equatable {
  /// Its path, without links.
  public let path: String
  let isFolder: Bool
  let reason: Reason

  enum Reason: Sendable, Equatable {
    case owner(UInt32)
    case mode(UInt32)
  }

  /// What is unsafe about a file and the folder that holds it; where a link leads elsewhere, about what it leads to. A file
  /// that is not there is not unsafe.
  ///
  /// Folders further up need not be looked at: whoever may change them can put another folder in the place, but only one of
  /// their own, and that is refused for its owner.
  public static func all(ofFile path: String) -> [UnsafePath] {
    guard let file = UnsafePath.look(at: path) else { return [] }
    guard let real = resolved(path) else { return file.problems(isFolder: false) }
    let folder = real.lastIndex(of: "/").map { $0 == real.startIndex ? "/" : String(real[..<$0]) } ?? "."
    // In a folder like /tmp, others can add files, but not replace ours.
    let holder = look(at: folder).map { $0.mode & UInt32(S_ISVTX) != 0 ? $0.owned : $0 }
    return file.problems(isFolder: false) + (holder?.problems(isFolder: true) ?? [])
  }

  /// What is unsafe about a folder of which all that it holds counts.
  public static func all(ofFolder path: String) -> [UnsafePath] { look(at: path)?.problems(isFolder: true) ?? [] }

  private struct Facts {
    let path: String
    let owner: UInt32
    let mode: UInt32

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
  public var description: String { "\(path): \(text)" }

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
