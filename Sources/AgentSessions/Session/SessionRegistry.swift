package import FoundationEssentials
package import Logging
import Processes
package import RuleEngine

/// All sessions: one actor a key, for as long as somebody uses it.
package actor SessionRegistry {
  private let store: SessionStore
  private let folders: SessionFolders
  private let now: @Sendable () -> Date
  private let onChange: @Sendable (SessionKey, SessionChange, String) -> Void
  private let logger: Logger
  private let scheduler: TurnScheduler
  private let backlog = Backlog()
  private var agents: [String: any Agent]
  private var sessions: [SessionKey: Reference] = [:]
  private var sweepAt = 64
  private var isShutDown = false

  /// A session that nobody uses any more is gone: what it knew is in the store.
  private struct Reference {
    weak let session: Session?
  }

  /// Makes a registry whose sessions share a store and agents, by the names of the rules file.
  ///
  /// - Parameters:
  ///   - folders: the absolute path of a folder for what agents do with files; each conversation has one in it.
  ///   - turns: how many turns run at once, as far as there is room for the files that they open.
  ///   - onChange: is told of what happens to conversations, and by which user, as far as it is known.
  package init(
    store: SessionStore, folders: String, agents: [String: any Agent], turns: TurnLimits = TurnLimits(),
    now: @escaping @Sendable () -> Date = { Date() },
    onChange: @escaping @Sendable (SessionKey, SessionChange, String) -> Void = { _, _, _ in }, logger: Logger
  ) {
    self.store = store
    self.folders = SessionFolders(path: folders)
    self.agents = agents
    scheduler = TurnScheduler(turns.withinDescriptors(logger), agents: agents)
    self.now = now
    self.onChange = onChange
    self.logger = logger
  }

  /// The session of a key: always the same one, while anybody holds it or anything runs in it.
  package func session(_ key: SessionKey) -> Session {
    if let known = sessions[key]?.session { return known }
    if sessions.count >= sweepAt {
      sessions = sessions.filter { $0.value.session != nil }
      sweepAt = max(64, sessions.count * 2)
    }
    let session = Session(
      key: key, store: store, folders: folders, scheduler: scheduler, backlog: backlog,
      agent: { await self.agents[$0] }, now: now, onChange: onChange,
      isShutDown: isShutDown,
      logger: logger)
    sessions[key] = Reference(session: session)
    return session
  }

  /// Removes from the disk what conversations have left that are over or forgotten. Call it before anything runs.
  ///
  /// - Throws: where the store cannot be read.
  package func sweep() async throws(StoreError) {
    let known = try await store.generations()
    for problem in folders.keepOnly(known) {
      logger.error("folder not removed", metadata: ["reason": "\(problem)"])
    }
  }

  /// Gives all turns that begin from now on other agents and bounds, as after a change of the rules; running ones finish
  /// with theirs.
  package func use(agents: [String: any Agent], turns: TurnLimits = TurnLimits()) {
    self.agents = agents
    scheduler.use(turns.withinDescriptors(logger), agents: agents)
  }

  /// Ends all running turns within 900 ms. They, and what waits, stay in the store for the next start; so
  /// does what is submitted from now on.
  package func shutDown() async {
    isShutDown = true
    await withTaskGroup { group in
      for session in sessions.values.compactMap(\.session) { group.addTask { await session.shutDown() } }
    }
  }
}

extension TurnLimits {
  /// The bounds, or lower ones where so many turns would need more files than may be open; that is logged.
  fileprivate func withinDescriptors(_ logger: Logger) -> TurnLimits {
    let limit = DescriptorLimit.current
    let most = Swift.max(1, (limit - Limits.descriptorsReserved) / Limits.descriptorsPerTurn)
    guard most < max else { return self }
    logger.warning(
      "fewer answers at once than the rules say: the limit of open files is too low",
      metadata: ["limit": "\(limit)", "turns.max": "\(max)", "used": "\(most)"])
    return TurnLimits(max: most, perUser: Swift.max(1, perUser * most / max))
  }
}
