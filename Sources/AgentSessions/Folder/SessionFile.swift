/// A file in a conversation's folder.
package struct SessionFile: Sendable, Equatable, Codable {
  /// The folder.
  package let folder: SessionFolder
  /// Where it lies: within the folder, or absolute and beginning with the folder's path.
  package let path: String

  /// Names a file, which need not be there.
  package init(folder: SessionFolder, path: String) {
    self.folder = folder
    self.path = path
  }

  /// What it is called, without the folders that it lies in.
  package var name: String { String(path.split(separator: "/").last ?? "") }

  /// Opens it for reading. See `SessionFolder.open`.
  package func open() throws(FolderError) -> Int32 { try folder.open(path) }
}
