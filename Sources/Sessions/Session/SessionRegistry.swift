package import Agents
package import Core
package import FoundationEssentials
package import Logging
import Processes
package import RuleEngine
import Synchronization

/// All sessions: one for each key, for as long as it is used.
package final class SessionRegistry: Sendable {
  private struct State {
    var agents: [String: any Agent]
    var sessions: [SessionKey: Reference] = [:]
    var sweepAt = Limits.sessionsSweptMin
    var isShutDown = false
  }

  /// A session that is no longer used is gone: the store has its lasting state.
  private struct Reference {
    weak let session: Session?
  }

  private let state: Mutex<State>
  private let store: any SessionStore
  private let folders: SessionFolders
  private let scheduler: TurnScheduler
  private let backlog = Backlog()
  private let progress: DelayQueue
  private let posting = DelayQueue(delay: Limits.postingHoldsSlot)
  private let now: @Sendable () -> Date
  private let onChange: @Sendable (SessionKey, SessionChange, UserID?) -> Void
  private let logger: Logger

  /// Makes a registry whose sessions share a store and agents, by the names of the rules file.
  ///
  /// - Parameters:
  ///   - folders: the absolute path of the folder that holds the folders of all conversations.
  ///   - turns: how many turns run at once, as far as the limit of open files allows.
  ///   - progress: delays showing that an answer is being written.
  ///   - onChange: is called when a conversation starts or ends, with the user who caused it if that is known.
  package init(
    store: any SessionStore, folders: String, agents: [String: any Agent], turns: TurnLimits = TurnLimits(),
    progress: DelayQueue, now: @escaping @Sendable () -> Date = { Date() },
    onChange: @escaping @Sendable (SessionKey, SessionChange, UserID?) -> Void = { _, _, _ in }, logger: Logger
  ) {
    state = Mutex(State(agents: agents))
    self.store = store
    self.folders = SessionFolders(path: folders)
    scheduler = TurnScheduler(turns.withinDescriptors(logger), agents: agents)
    self.progress = progress
    self.now = now
    self.onChange = onChange
    self.logger = logger
  }

  /// Returns the session of a key: always the same one while it is used or anything runs in it.
  package func session(_ key: SessionKey) -> Session {
    state.withLock { state in
      if let known = state.sessions[key]?.session { return known }
      if state.sessions.count >= state.sweepAt {
        state.sessions = state.sessions.filter { $0.value.session != nil }
        state.sweepAt = max(Limits.sessionsSweptMin, state.sessions.count * 2)
      }
      let services = SessionServices(
        store: store, folders: folders, scheduler: scheduler, backlog: backlog, progress: progress, posting: posting,
        agent: { self.agent($0) }, now: now, onChange: onChange, logger: logger)
      let session = Session(key, services, isShutDown: state.isShutDown)
      state.sessions[key] = Reference(session: session)
      return session
    }
  }

  /// The number of sessions that are used, of turns that run, and of messages that wait for theirs.
  package var load: (sessions: Int, running: Int, waiting: Int) {
    let sessions = state.withLock { $0.sessions.values.count { $0.session != nil } }
    let running = scheduler.running
    return (sessions, running, max(0, backlog.count - running))
  }

  private func agent(_ name: String) -> (any Agent)? { state.withLock { $0.agents[name] } }

  /// Removes the folders of conversations that are over or forgotten. Call it before anything runs.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func sweep() async throws(StoreError) {
    let known = try await store.generations()
    for problem in folders.removeAll(except: known.map { (key: $0.key.text, generation: $0.generation) }) {
      logger.error("folder not removed", metadata: ["reason": "\(problem)"])
    }
  }

  /// Replaces the agents and limits, as after a change of the rules. Running turns finish with theirs.
  package func use(agents: [String: any Agent], turns: TurnLimits = TurnLimits()) {
    state.withLock { $0.agents = agents }
    scheduler.use(turns.withinDescriptors(logger), agents: agents)
  }

  /// Ends all running turns within 900 ms. They and the waiting messages stay in the store for the next start, and so
  /// does everything that is submitted from now on.
  package func shutDown() async {
    let sessions = state.withLock { state in
      state.isShutDown = true
      return state.sessions.values.compactMap(\.session)
    }
    await withTaskGroup { group in
      for session in sessions { group.addTask { await session.shutDown() } }
    }
  }
}

/// The services that all sessions share.
struct SessionServices: Sendable {
  let store: any SessionStore
  let folders: SessionFolders
  let scheduler: TurnScheduler
  let backlog: Backlog
  /// Delays showing that an answer is being written.
  let progress: DelayQueue
  /// Delays releasing the slot of a turn whose answer is being posted.
  let posting: DelayQueue
  /// Returns the agent of a name in the rules in force, or `nil` if there is none.
  let agent: @Sendable (String) -> (any Agent)?
  let now: @Sendable () -> Date
  let onChange: @Sendable (SessionKey, SessionChange, UserID?) -> Void
  let logger: Logger
}

extension TurnLimits {
  /// The limits, or lower ones if so many turns would need more files than may be open; that is logged.
  fileprivate func withinDescriptors(_ logger: Logger) -> TurnLimits {
    let limit = DescriptorLimit.current
    let most = Swift.max(1, (limit - Limits.descriptorsReserved) / Limits.descriptorsPerTurn)
    guard most < max else { return self }
    logger.warning(
      "fewer answers at once than the rules say: the limit of open files is too low",
      metadata: ["limit": "\(limit)", "max": "\(max)", "used": "\(most)"])
    return TurnLimits(max: most, perUser: Swift.max(1, perUser * most / max))
  }
}
