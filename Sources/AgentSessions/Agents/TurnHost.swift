public import Vocabulary

/// Whom an agent turns to while it answers a message.
public struct TurnHost: Sendable {
  /// The conversation's own folder, in which files of messages lie and files of answers are looked for. It is made when it
  /// is first used.
  public var folder: SessionFolder
  /// Downloads a file of the message into a folder, once, and returns its path there.
  ///
  /// - Throws: where the file is over a limit, or is not to be had.
  public var fetch: @Sendable (AttachedFile, SessionFolder) async throws(FileRefusal) -> String

  /// Puts a host together. Without its own, nothing can be fetched.
  public init(
    folder: SessionFolder = SessionFolder(path: ""),
    fetch: @escaping @Sendable (AttachedFile, SessionFolder) async throws(FileRefusal) -> String = {
      (file, _) async throws(FileRefusal) in throw FileRefusal(.notToBeHad, file: file.name)
    }
  ) {
    self.folder = folder
    self.fetch = fetch
  }
}
