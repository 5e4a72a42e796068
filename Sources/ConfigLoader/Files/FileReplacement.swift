import Core
import Glibc
import SystemPackage

/// Replaces files atomically: a reader sees the old text or the new one, completely.
enum FileReplacement {
  /// Replaces an existing file, which keeps its mode. Links are followed.
  static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    try FileDraft(bytes, replacing: path).publish()
  }

  /// Writes a file, replacing any file of this name.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(FileProblem) {
    try FileDraft(bytes, of: path, mode: mode).publish()
  }
}

/// The new text of a file, complete and on the disk, but still under another name in the file's folder.
struct FileDraft {
  private let path: String
  private let draft: String

  /// Writes the text. If that fails, nothing is left.
  init(_ bytes: [UInt8], of path: String, mode: mode_t) throws(FileProblem) {
    self.path = path
    var template = Array((path + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileProblem(SystemError()) }
    draft = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(FileProblem) {
      try Self.fill(FileDescriptor(rawValue: descriptor), bytes, mode)
    } catch {
      discard()
      throw error
    }
  }

  /// Writes the text for the file that a path leads to. Links are followed.
  ///
  /// - Parameters:
  ///   - mode: The permission bits; `nil` keeps those of the file.
  ///   - newMode: The permission bits of a new file; `nil` if the file has to exist.
  init(_ bytes: [UInt8], replacing path: String, mode: mode_t? = nil, newMode: mode_t? = nil) throws(FileProblem) {
    guard let resolved = realpath(path, nil) else {
      let problem = FileProblem(SystemError())
      guard let newMode else { throw problem }
      try self.init(bytes, of: path, mode: mode ?? newMode)
      return
    }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw FileProblem(SystemError()) }
    // A file that may not be written must not be replaced either.
    guard access(target, W_OK) == 0 else { throw FileProblem(SystemError()) }
    try self.init(bytes, of: target, mode: mode ?? status.st_mode & 0o7777)
  }

  /// Gives the draft the name of the file, or removes it if that fails.
  func publish() throws(FileProblem) {
    guard rename(draft, path) == 0 else {
      let problem = FileProblem(SystemError())
      discard()
      throw problem
    }
  }

  /// Synchronizes the file's folder, so that the file has its new text after a power failure.
  func synchronizeFolder() {
    synchronize(folder: path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  /// Removes the draft.
  func discard() { unlink(draft) }

  /// Writes and synchronizes the file before it is renamed: after a power failure it is the old file or the new one.
  private static func fill(_ file: FileDescriptor, _ bytes: [UInt8], _ mode: mode_t) throws(FileProblem) {
    defer { try? file.close() }
    guard fchmod(file.rawValue, mode) == 0 else { throw FileProblem(SystemError()) }
    do {
      _ = try file.writeAll(bytes)
    } catch {
      throw FileProblem(error)
    }
    guard fsync(file.rawValue) == 0 else { throw FileProblem(SystemError()) }
  }
}
