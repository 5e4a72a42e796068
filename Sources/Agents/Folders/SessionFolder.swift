import FoundationEssentials
import Glibc

/// A conversation's own folder on disk: files that the gateway downloads for an agent, or posts for it, are in here.
///
/// File paths are relative to the folder, or absolute and below it. They are resolved component by component and must
/// not contain symbolic links, so that no file outside can be reached however the agent changes the folder meanwhile.
package struct SessionFolder: Sendable, Equatable, Codable {
  /// The absolute path.
  package let path: String

  /// Refers to a folder, which need not exist yet.
  package init(path: String) {
    self.path = path
  }

  /// Creates the folder and its parents, accessible to the gateway's user only. Does nothing if it exists.
  package func create() throws(FolderError) {
    var start = path.index(after: path.startIndex)
    while true {
      let slash = path[start...].firstIndex(of: "/") ?? path.endIndex
      guard mkdir(String(path[..<slash]), 0o700) == 0 || errno == EEXIST else { throw FolderError(path: path) }
      guard slash < path.endIndex else { return }
      start = path.index(after: slash)
    }
  }

  /// Opens a file for reading; or for writing: it is then created with its parent folders, or emptied.
  ///
  /// - Returns: a descriptor, which the caller closes.
  /// - Throws: `FolderError` if the path is outside of the folder, contains a symbolic link or is not a regular file.
  package func open(_ file: String, forWriting isWriting: Bool = false) throws(FolderError) -> Int32 {
    try withParent(of: file, creating: isWriting) { (parent, name) throws(FolderError) in
      // Without O_NONBLOCK, a pipe at the path would block the gateway.
      let flags = (isWriting ? O_WRONLY | O_CREAT : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
      let opened = openat(parent, name, flags, 0o600)
      guard opened >= 0 else { throw FolderError(path: file) }
      var facts = stat()
      guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, !isWriting || ftruncate(opened, 0) == 0
      else {
        close(opened)
        throw FolderError(.notRegular, path: file)
      }
      return opened
    }
  }

  /// Reads a file, up to `bytesMax` bytes and one more, which shows that there are more.
  func read(_ file: String, bytesMax: Int) throws(FolderError) -> [UInt8] {
    let descriptor = try open(file)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= bytesMax {
      var count = 0
      let capacity = min(Self.chunkBytes, bytesMax + 1 - bytes.count)
      let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
        count = Glibc.read(descriptor, buffer.baseAddress, capacity)
        used = max(0, count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FolderError(path: file)
      }
      if count == 0 { break }
      bytes += chunk
    }
    return bytes
  }

  /// Writes a file, replacing its content, and creates its parent folders.
  func write(_ bytes: [UInt8], to file: String) throws(FolderError) {
    let descriptor = try open(file, forWriting: true)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        throw FolderError(path: file)
      }
    }
  }

  /// Returns the size of a regular file in bytes, or `nil` if there is none.
  package func size(of file: String) throws(FolderError) -> Int? {
    do throws(FolderError) {
      return try withParent(of: file) { (parent, name) throws(FolderError) in
        var facts = stat()
        guard fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { throw FolderError(path: file) }
        return facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
      }
    } catch {
      if error.code == .noFile || error.code == .notRegular { return nil }
      throw error
    }
  }

  /// Returns the size of all regular files below a subfolder in bytes.
  package func size(below subfolder: String) throws(FolderError) -> Int {
    var sum = 0
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(subfolder)")) ?? []
    for name in names { sum += try size(of: "\(subfolder)/\(name)") ?? 0 }
    return sum
  }

  /// Renames a file, replacing any file with the new name.
  package func rename(_ file: String, to other: String) throws(FolderError) {
    try withParent(of: file) { (parent, name) throws(FolderError) in
      try withParent(of: other) { (otherParent, otherName) throws(FolderError) in
        guard renameat(parent, name, otherParent, otherName) == 0 else { throw FolderError(path: file) }
      }
    }
  }

  /// Removes a file.
  package func remove(_ file: String) throws(FolderError) {
    try withParent(of: file) { (parent, name) throws(FolderError) in
      guard unlinkat(parent, name, 0) == 0 else { throw FolderError(path: file) }
    }
  }

  package var exists: Bool { access(path, F_OK) == 0 }

  /// Removes the folder with everything in it. Symbolic links are removed, not followed. Does nothing if it does not
  /// exist.
  package func removeAll() throws(FolderError) {
    guard exists else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw FolderError(.failed, path: path, detail: "\(error)")
    }
  }

  /// Calls `body` with a descriptor of a file's parent folder and the file's name.
  private func withParent<Value>(
    of file: String, creating: Bool = false, _ body: (Int32, String) throws(FolderError) -> Value
  ) throws(FolderError) -> Value {
    let names = try components(of: file)
    var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw FolderError(path: file) }
    for name in names.dropLast() {
      if creating { _ = mkdirat(folder, name, 0o700) }
      let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let error = FolderError(path: file)
      close(folder)
      guard next >= 0 else { throw error }
      folder = next
    }
    defer { close(folder) }
    return try body(folder, names[names.count - 1])
  }

  /// Returns the components of a file's path relative to the folder; at least one.
  private func components(of file: String) throws(FolderError) -> [String] {
    // By bytes, as the kernel reads a path: in Swift, a slash with a combining mark is another character.
    var relative = file.utf8[...]
    if relative.first == UInt8(ascii: "/") {
      guard relative.starts(with: (path + "/").utf8) else { throw FolderError(.outside, path: file) }
      relative = relative.dropFirst(path.utf8.count + 1)
    }
    let names = relative.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
      .filter { $0 != "." }
    guard !names.isEmpty, !names.contains(".."), !relative.contains(0) else {
      throw FolderError(.outside, path: file)
    }
    return names
  }

  private static let chunkBytes = 64 * 1024
}
