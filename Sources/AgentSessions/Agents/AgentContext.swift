package import Core

/// Whom an agent turns to while it answers a message.
package struct AgentContext: Sendable {
  /// The conversation's own folder, in which files of messages lie and files of answers are looked for. It is made when it
  /// is first used.
  package var folder: SessionFolder
  /// Downloads a file of the message into a folder, once, and returns its path there.
  ///
  /// - Throws: where the file is over a limit, or is not to be had.
  package var fetch: @Sendable (AttachedFile, SessionFolder) async throws(AttachmentFailure) -> String
  /// Asks people whether the agent may do something. Cancelling the task takes the question back.
  package var permit: @Sendable (PermissionRequest) async -> PermissionOutcome
  /// Notes that what the agent begins now must not be done twice: no restart has it asked again by itself.
  ///
  /// - Throws: where that cannot be noted; the agent then must not begin.
  package var begin: @Sendable () async throws(AgentFailure) -> Void
  /// What the agent noted in this conversation for itself, by `note`, also in an earlier run; nil where it did not.
  package var recall: @Sendable () async -> String?
  /// Notes something for `recall`, in the place of what was noted before.
  package var note: @Sendable (String) async -> Void

  /// Puts a host together. Without its own, nothing can be fetched, nothing is permitted, and nothing noted.
  package init(
    folder: SessionFolder = SessionFolder(path: ""),
    fetch: @escaping @Sendable (AttachedFile, SessionFolder) async throws(AttachmentFailure) -> String = {
      (file, _) async throws(AttachmentFailure) in throw AttachmentFailure(.notToBeHad, file: file.name)
    },
    permit: @escaping @Sendable (PermissionRequest) async -> PermissionOutcome = { _ in .refused("nobody can be asked")
    },
    begin: @escaping @Sendable () async throws(AgentFailure) -> Void = {},
    recall: @escaping @Sendable () async -> String? = { nil },
    note: @escaping @Sendable (String) async -> Void = { _ in }
  ) {
    self.folder = folder
    self.fetch = fetch
    self.permit = permit
    self.begin = begin
    self.recall = recall
    self.note = note
  }
}
