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

/// A file that hangs on a message, before it is downloaded.
public struct AttachedFile: Sendable, Equatable, Codable {
  /// The server's id of it.
  public var id: String
  /// What its sender calls it; any text.
  public var name: String
  /// Its media type as the server tells it, such as `image/png`; empty where it does not.
  public var mediaType: String
  /// Bytes.
  public var size: Int

  /// Names a file.
  public init(id: String, name: String, mediaType: String, size: Int) {
    self.id = id
    self.name = name
    self.mediaType = mediaType
    self.size = size
  }
}

/// Why a file of a message does not reach an agent.
public struct FileRefusal: Error, Sendable, Equatable {
  /// What is wrong with it.
  public enum Code: String, Sendable, CaseIterable {
    /// It has more bytes than one may have, or than its folder has room for.
    case tooLarge
    /// More files hang on the message than are fetched.
    case tooMany
    /// The rules do not let this type of file in.
    case unwantedType
    /// The server does not give it, or there is none.
    case notToBeHad
    /// It could not be written.
    case notWritten
  }

  /// What is wrong with it.
  public let code: Code
  /// Its name.
  public let file: String
  /// What the log should know.
  public let detail: String

  /// States a refusal.
  public init(_ code: Code, file: String, detail: String = "") {
    self.code = code
    self.file = file
    self.detail = detail
  }
}

/// What an agent asks before it does something.
public struct PermissionQuestion: Sendable, Equatable {
  /// An answer that may be given.
  public struct Choice: Sendable, Equatable {
    /// Names it to the agent.
    public var id: String
    /// What people read; any text.
    public var label: String
    /// Whether it lets the agent go on.
    public var isGrant: Bool

    /// States a choice.
    public init(id: String, label: String, isGrant: Bool) {
      self.id = id
      self.label = label
      self.isGrant = isGrant
    }
  }

  /// What the agent wants to do, in its own words; any text.
  public var title: String
  /// What may be answered, in the agent's order.
  public var choices: [Choice]

  /// Puts a question.
  public init(title: String, choices: [Choice]) {
    self.title = title
    self.choices = choices
  }
}
