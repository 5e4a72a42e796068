public import Vocabulary

/// Whom an agent turns to while it answers a message.
public struct TurnHost: Sendable {
  /// The conversation's own folder: all of the disk that the agent is given. It is made when it is first used.
  public var folder: SessionFolder
  /// Downloads a file of the message into a folder, once, and returns its path there.
  ///
  /// - Throws: where the file is over a limit, or is not to be had.
  public var fetch: @Sendable (AttachedFile, SessionFolder) async throws(FileRefusal) -> String
  /// Asks whoever may decide whether the agent may do something, and returns the id of the choice; nil where nobody
  /// decided in time, which is a no.
  public var permit: @Sendable (PermissionQuestion) async -> String?

  /// Puts a host together. Without its own, nothing can be fetched and nothing is permitted.
  public init(
    folder: SessionFolder = SessionFolder(path: ""),
    fetch: @escaping @Sendable (AttachedFile, SessionFolder) async throws(FileRefusal) -> String = {
      (file, _) async throws(FileRefusal) in throw FileRefusal(.notToBeHad, file: file.name)
    },
    permit: @escaping @Sendable (PermissionQuestion) async -> String? = { _ in nil }
  ) {
    self.folder = folder
    self.fetch = fetch
    self.permit = permit
  }
}
