import Core

@testable import Agents

/// A context with the answers of a test.
struct TestContext: AgentContext {
  var folder = SessionFolder(path: "")
  var file: @Sendable (AttachedFile, SessionFolder) async throws(AttachmentFailure) -> String = {
    (file, _) async throws(AttachmentFailure) in throw AttachmentFailure(.unavailable, file: file.name)
  }
  var outcome: @Sendable (PermissionRequest) async -> PermissionOutcome = { _ in .refused("no one can be asked") }
  var state: @Sendable () async -> String? = { nil }
  var didSave: @Sendable (String) async -> Void = { _ in }

  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    try await self.file(file, folder)
  }

  func requestPermission(_ request: PermissionRequest) async -> PermissionOutcome { await outcome(request) }

  func savedState() async -> String? { await state() }

  func saveState(_ state: String) async { await didSave(state) }
}
