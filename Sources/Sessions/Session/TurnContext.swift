import Agents
import Core
import Logging
import Tracing

/// The services for an agent while it answers a turn: the conversation's folder, the message's files, permission, and
/// state for its next turn.
struct TurnContext: AgentContext {
  let folder: SessionFolder
  private let request: TurnRequest
  private let note: AgentNoteKey
  private let services: SessionServices
  /// The span of the turn: a program that outlives turns asks from a task of its first one.
  private let span = Span.current

  init(_ request: TurnRequest, _ start: TurnStart, _ key: SessionKey, _ services: SessionServices) {
    folder = services.folders.folder(of: key.text, generation: start.generation)
    note = AgentNoteKey(session: key, generation: start.generation, cuts: start.cuts, agent: request.agent)
    self.request = request
    self.services = services
  }

  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    try await request.delegate.fetch(file, into: folder)
  }

  func requestPermission(_ permission: PermissionRequest) async -> PermissionOutcome {
    await Span.$current.withValue(span) { await request.delegate.permit(permission) }
  }

  func recordStart() async throws(AgentFailure) {
    do throws(StoreError) {
      try await services.store.setBegun(true, request.claim)
    } catch {
      throw AgentFailure(.noStore, agent: request.agent, detail: "\(error)")
    }
  }

  func savedState() async -> String? {
    do throws(StoreError) {
      return try await services.store.note(note)
    } catch {
      services.logger.error("agent's state not read", metadata: ["session": "\(note.session)", "reason": "\(error)"])
      return nil
    }
  }

  func saveState(_ state: String) async {
    do throws(StoreError) {
      try await services.store.setNote(state, note)
    } catch {
      services.logger.error("agent's state not stored", metadata: ["session": "\(note.session)", "reason": "\(error)"])
    }
  }
}
