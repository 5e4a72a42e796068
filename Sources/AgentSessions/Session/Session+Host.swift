import Logging
import RuleEngine

extension Session {
  /// Whom an agent turns to while it answers a message.
  func host(of request: TurnRequest, in start: TurnStart) -> AgentContext {
    let place = AgentNoteKey(session: key.text, generation: start.generation, cuts: start.cuts, agent: request.agent)
    return AgentContext(
      folder: folders.folder(of: key.text, generation: start.generation), fetch: request.fetch, permit: request.permit,
      begin: { [store] () async throws(AgentFailure) in
        do throws(StoreError) {
          try await store.note(isBegun: true, request.post)
        } catch {
          throw AgentFailure(.noStore, agent: request.agent, detail: "\(error)")
        }
      },
      recall: { [store, logger] in
        do throws(StoreError) {
          return try await store.recall(place)
        } catch {
          logger.error("agent's note not read", metadata: ["session": "\(place.session)", "reason": "\(error)"])
          return nil
        }
      },
      note: { [store, logger] text in
        do throws(StoreError) {
          try await store.note(text, at: place)
        } catch {
          logger.error("agent's note not kept", metadata: ["session": "\(place.session)", "reason": "\(error)"])
        }
      })
  }

  /// What the agent has not heard that a message may be about.
  func wish(of request: TurnRequest, after start: TurnStart) async -> ContextRequest? {
    let root = request.origin.thread
    do {
      if !root.isEmpty, try await !store.hasSeen(thread: root, session: key.text) { return .thread(root: root) }
    } catch {
      logger.error("thread not looked up", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
    guard start.history.isEmpty, root.isEmpty else { return nil }
    return request.session.context.map { .channel(count: $0) }
  }
}
