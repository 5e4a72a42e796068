import FoundationEssentials
import Glibc

/// A conversation's own folder on the disk: whatever files the gateway fetches for an agent or sends for it lie here.
///
/// Paths are within the folder, or absolute and begin with the folder's. They are followed one component after the other,
/// and no symbolic link is, so that nothing outside can be reached however the agent changes the folder meanwhile.
package struct SessionFolder: Sendable, Equatable, Codable {
  /// Where it is, absolute.
  package let path: String

  /// Names a folder, which need not be there yet.
  package init(path: String) {
    self.path = path
  }

  /// Makes the folder, and those above it, readable by the gateway's user alone; nothing where it is there.
  package func make() throws(FolderError) {
    var place = path.index(after: path.startIndex)
    while true {
      let slash = path[place...].firstIndex(of: "/") ?? path.endIndex
      guard mkdir(String(path[..<slash]), 0o700) == 0 || errno == EEXIST else { throw FolderError(path: path) }
      guard slash < path.endIndex else { return }
      place = path.index(after: slash)
    }
  }

  /// Opens a file for reading, or for writing: then it is made with the folders above it, or emptied.
  ///
  /// - Returns: a descriptor, which the caller closes.
  /// - Throws: where the path leads out of the folder, over a link, or to what is no regular file.
  package func open(_ file: String, forWriting isWriting: Bool = false) throws(FolderError) -> Int32 {
    try inside(file, making: isWriting) { (parent, name) throws(FolderError) in
      // Not blocking, or a pipe in the file's place would hold the gateway up.
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

  /// The bytes of a regular file; nil where there is none.
  package func size(of file: String) throws(FolderError) -> Int? {
    do throws(FolderError) {
      return try inside(file) { (parent, name) throws(FolderError) in
        var facts = stat()
        guard fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { throw FolderError(path: file) }
        return facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
      }
    } catch {
      if error.code == .noFile || error.code == .notRegular { return nil }
      throw error
    }
  }

  /// The bytes of all regular files below a folder in it.
  package func size(below subfolder: String) throws(FolderError) -> Int {
    var sum = 0
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(subfolder)")) ?? []
    for name in names { sum += try size(of: "\(subfolder)/\(name)") ?? 0 }
    return sum
  }

  /// Gives a file another name in the folder that it lies in, over what had that name.
  package func rename(_ file: String, to other: String) throws(FolderError) {
    try inside(file) { (parent, name) throws(FolderError) in
      try inside(other) { (otherParent, otherName) throws(FolderError) in
        guard renameat(parent, name, otherParent, otherName) == 0 else { throw FolderError(path: file) }
      }
    }
  }

  /// Removes a file.
  package func remove(_ file: String) throws(FolderError) {
    try inside(file) { (parent, name) throws(FolderError) in
      guard unlinkat(parent, name, 0) == 0 else { throw FolderError(path: file) }
    }
  }

  /// Removes the folder with everything in it; nothing where it is not there. Links go, what they lead to stays.
  package func removeAll() throws(FolderError) {
    guard access(path, F_OK) == 0 else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw FolderError(.failed, path: path, detail: "\(error)")
    }
  }

  /// Calls `body` with the open folder that a file lies in and the file's name there.
  private func inside<Value>(
    _ file: String, making: Bool = false, _ body: (Int32, String) throws(FolderError) -> Value
  ) throws(FolderError) -> Value {
    let names = try components(of: file)
    var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw FolderError(path: file) }
    for name in names.dropLast() {
      if making { _ = mkdirat(folder, name, 0o700) }
      let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let error = FolderError(path: file)
      close(folder)
      guard next >= 0 else { throw error }
      folder = next
    }
    defer { close(folder) }
    return try body(folder, names[names.count - 1])
  }

  /// The names that lead from the folder to a file; at least one.
  private func components(of file: String) throws(FolderError) -> [String] {
    // By bytes, as the kernel reads a path: to Swift, a slash with a mark above it is another character.
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
}
