import Glibc

/// A conversation's own folder on the disk: what an agent that works with files may read and write, and all of it.
///
/// Paths are followed one component after the other, and no symbolic link is, so that nothing outside can be reached
/// however the agent changes the folder meanwhile.
public struct SessionFolder: Sendable, Equatable {
  /// Where it is, absolute.
  public let path: String

  /// Names a folder, which need not be there yet.
  public init(path: String) {
    self.path = path
  }

  /// Makes the folder, and those above it, readable by the gateway's user alone; nothing where it is there.
  public func make() throws(FolderError) {
    var place = path.index(after: path.startIndex)
    while true {
      let slash = path[place...].firstIndex(of: "/") ?? path.endIndex
      guard mkdir(String(path[..<slash]), 0o700) == 0 || errno == EEXIST else { throw FolderError(path: path) }
      guard slash < path.endIndex else { return }
      place = path.index(after: slash)
    }
  }

  /// Opens a file of the folder for reading, or for writing: then it is made with the folders above it, or emptied.
  ///
  /// - Parameter file: its path within the folder, or an absolute one that begins with the folder's.
  /// - Returns: a descriptor, which the caller closes.
  /// - Throws: where the path leads out of the folder, over a link, or to what is no regular file.
  public func open(_ file: String, forWriting isWriting: Bool = false) throws(FolderError) -> Int32 {
    let names = try components(of: file)
    var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw FolderError(path: file) }
    for name in names.dropLast() {
      if isWriting { _ = mkdirat(folder, name, 0o700) }
      let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let error = FolderError(path: file)
      close(folder)
      guard next >= 0 else { throw error }
      folder = next
    }
    defer { close(folder) }
    // Not blocking, or a pipe in the file's place would hold the gateway up.
    let flags = (isWriting ? O_WRONLY | O_CREAT : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    let opened = openat(folder, names.last ?? ".", flags, 0o600)
    guard opened >= 0 else { throw FolderError(path: file) }
    var facts = stat()
    guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, !isWriting || ftruncate(opened, 0) == 0 else {
      close(opened)
      throw FolderError(.noFile, path: file)
    }
    return opened
  }

  /// The names that lead from the folder to a file.
  private func components(of file: String) throws(FolderError) -> [String] {
    var relative = file[...]
    if file.hasPrefix("/") {
      guard file.hasPrefix(path + "/") else { throw FolderError(.outside, path: file) }
      relative = file.dropFirst(path.count + 1)
    }
    let names = relative.split(separator: "/").filter { $0 != "." }.map(String.init)
    guard !names.isEmpty, !names.contains("..") else { throw FolderError(.outside, path: file) }
    return names
  }
}

/// Why a file of a conversation's folder cannot be had.
public struct FolderError: Error, Sendable, Equatable {
  /// What is wrong.
  public enum Code: String, Sendable, CaseIterable {
    /// The path leads out of the folder, or over a symbolic link.
    case outside
    /// There is no such file, or it is no regular one.
    case noFile
    /// The system said no.
    case failed
  }

  /// What is wrong.
  public let code: Code
  /// The path that was asked for.
  public let path: String
  /// What the system said.
  public let detail: String

  init(_ code: Code, path: String, detail: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
  }

  /// What the last failed call says.
  init(path: String) {
    let number = errno
    let code: Code =
      switch number {
      case ELOOP: .outside
      case ENOENT, ENOTDIR, ENXIO: .noFile
      default: .failed
      }
    self.init(code, path: path, detail: String(cString: strerror(number)).lowercased())
  }
}
