/// A file in a conversation's folder.
public struct SessionFile: Sendable, Equatable, Codable {
  /// The folder.
  public let folder: SessionFolder
  /// Where it lies: within the folder, or absolute and beginning with the folder's path.
  public let path: String

  /// Names a file, which need not be there.
  public init(folder: SessionFolder, path: String) {
    self.folder = folder
    self.path = path
  }

  /// What it is called, without the folders that it lies in.
  public var name: String { String(path.split(separator: "/").last ?? "") }

  /// Opens it for reading. See `SessionFolder.open`.
  public func open() throws(FolderError) -> Int32 { try folder.open(path) }
}
