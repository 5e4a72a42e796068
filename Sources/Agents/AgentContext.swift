package import Core

/// The services that an agent may use while it works on a request. Sessions implement it.
package protocol AgentContext: Sendable {
  /// The conversation's own folder, created at its first use: it holds the files of messages and of responses.
  var folder: SessionFolder { get }

  /// Downloads a file of the message into a folder, unless it is there already.
  ///
  /// - Returns: the file's path in the folder.
  /// - Throws: `AttachmentFailure` if the file exceeds a limit or cannot be downloaded.
  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String

  /// Asks people whether the agent may do something. Cancelling the task withdraws the question.
  func requestPermission(_ request: PermissionRequest) async -> PermissionOutcome

  /// Records that the agent now begins work that must not be repeated without being asked for, even after a restart.
  ///
  /// - Throws: `AgentFailure` if that cannot be recorded; the agent must not begin then.
  func recordStart() async throws(AgentFailure)

  /// Returns the state that the agent last saved for this conversation, also in an earlier run of the gateway, or
  /// `nil`.
  func savedState() async -> String?

  /// Saves state for `savedState()`, in place of any earlier state.
  func saveState(_ state: String) async
}

extension AgentContext {
  package func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    throw AttachmentFailure(.unavailable, file: file.name)
  }

  package func requestPermission(_ request: PermissionRequest) async -> PermissionOutcome {
    .refused("no one can be asked")
  }

  package func recordStart() async throws(AgentFailure) {}

  package func savedState() async -> String? { nil }

  package func saveState(_ state: String) async {}
}

/// The context of a request that no session makes: it has a folder and nothing else.
package struct DetachedAgentContext: AgentContext {
  package var folder: SessionFolder

  package init(folder: SessionFolder = SessionFolder(path: "")) { self.folder = folder }
}

/// The reason why a file of a message does not reach an agent.
package struct AttachmentFailure: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// It exceeds the limit for one file, or the space left in its folder.
    case tooLarge
    /// The message has more files than are fetched.
    case tooMany
    /// The rules do not accept its media type.
    case unwantedType
    /// The server has no such file, or does not provide it.
    case unavailable
    /// It could not be written to disk.
    case notWritten
  }

  package let code: Code
  /// The file's name.
  package let file: String
  /// Details for the log.
  package let detail: String

  package init(_ code: Code, file: String, detail: String = "") {
    self.code = code
    self.file = file
    self.detail = detail
  }
}
