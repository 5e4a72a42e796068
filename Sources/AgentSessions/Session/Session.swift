import FoundationEssentials
import Logging
import RuleEngine

/// One conversation: its messages are answered one at a time, those of each user in the order in which they were
/// submitted. Nobody is answered twice in a row while another waits.
///
/// A session lives as long as somebody uses it or something in it runs; what it must remember is in the store. Get one
/// from the `SessionRegistry`, which makes sure that there is only one of each key.
///
/// A message is in the store from before it waits until its answer was delivered, so that no restart loses it.
package actor Session {
  /// Whose conversation it is.
  package nonisolated let key: SessionKey

  let store: SessionStore
  let folders: SessionFolders
  let scheduler: TurnScheduler
  let backlog: Backlog
  let agent: @Sendable (String) async -> (any Agent)?
  let now: @Sendable () -> Date
  let onChange: @Sendable (SessionKey, SessionChange, String) -> Void
  let logger: Logger

  /// What waits, as it came.
  var waiting: [WaitingTurn] = []
  var current: CurrentTurn?
  /// Whether what waits could begin, and does as soon as the scheduler has room for it.
  var isWaitingForRoom = false
  /// While above 0, no turn begins: something is being changed that the next one must see.
  var holds = 0
  var isShutDown: Bool
  /// Who waits for a turn to be over.
  var endWaiters: [Int: CheckedContinuation<Bool, Never>] = [:]
  var lastWaiter = 0
  /// Who was answered last, so that the others come first.
  var lastUser = ""
  /// The name of whoever stopped the session last.
  var stopper = ""
  /// Messages that the running turn's agent is just being told.
  var tellings: [Int: Task<Void, Never>] = [:]
  private var lastID = 0

  init(
    key: SessionKey, store: SessionStore, folders: SessionFolders, scheduler: TurnScheduler, backlog: Backlog,
    agent: @escaping @Sendable (String) async -> (any Agent)?,
    now: @escaping @Sendable () -> Date, onChange: @escaping @Sendable (SessionKey, SessionChange, String) -> Void,
    isShutDown: Bool, logger: Logger
  ) {
    self.key = key
    self.store = store
    self.folders = folders
    self.scheduler = scheduler
    self.backlog = backlog
    self.agent = agent
    self.now = now
    self.onChange = onChange
    self.isShutDown = isShutDown
    self.logger = logger
  }

  /// Takes a message in: it is answered now, waits, or is turned away, as its `busy` policy says. It returns when the
  /// store has the message, not when it is answered; `deliver` tells what came of it.
  ///
  /// Submitting a message of `SessionStore.pending()` again keeps its place and, where its reply was known before
  /// the restart, goes straight to delivering it.
  package func submit(_ request: TurnRequest) async -> SubmissionResult {
    await take(request, replacing: nil)
  }

  /// The place in the queue of the message `post`, 1 for the next one; nil where it does not wait.
  package func place(of post: String) -> Int? {
    waiting.inTurn(after: lastUser).firstIndex { $0.request.post == post }.map { $0 + 1 }
  }

  /// The places in the queue of those messages that wait, by their posts. See `place(of:)`.
  package func places(of posts: some Sequence<String> & Sendable) -> [String: Int] {
    let wanted = Set(posts)
    let ordered = waiting.inTurn(after: lastUser).enumerated().filter { wanted.contains($1.request.post) }
    return Dictionary(ordered.map { ($1.request.post, $0 + 1) }) { first, _ in first }
  }

  /// How the session is.
  ///
  /// - Throws: where the store cannot be read.
  package func status() async throws(StoreError) -> SessionStatus {
    await settle()
    let facts = try await store.facts(of: key.text)
    return SessionStatus(
      running: current?.report, waiting: waiting.count, isWaitingForRoom: isWaitingForRoom,
      runningElsewhere: isWaitingForRoom ? scheduler.running : 0, turns: facts?.turns ?? 0, startedAt: facts?.startedAt,
      lastAt: facts?.lastAt)
  }

  /// What the session has used.
  ///
  /// - Throws: where the store cannot be read.
  package func usage() async throws(StoreError) -> SessionUsage {
    await settle()
    var usage = try await store.usage(of: key.text)
    usage.waiting = waiting.count
    return usage
  }

  /// Returns what an agent lets people choose in this conversation; `nil` if it has not announced anything.
  package func offer(of name: String) async -> AgentControls? { await agent(name)?.offer(in: key.text) }

  /// Sets something that an agent offers in this conversation.
  package func choose(_ id: String, for kind: AgentControls.Kind, of name: String) async -> SelectionResult {
    await agent(name)?.choose(id, for: kind, in: key.text) ?? .unknown
  }

  func take(
    _ request: TurnRequest, replacing replaced: Int64?, retrying retried: [TurnRequest] = []
  ) async -> SubmissionResult {
    let ahead = (current == nil ? 0 : 1) + waiting.count
    if ahead > 0, !isShutDown, let rejection = rejection(by: request.busy, ahead: ahead) { return .rejected(rejection) }
    let ticket: Backlog.Ticket
    do throws(Rejection) {
      ticket = try backlog.enter(request.user)
    } catch {
      return .rejected(error)
    }
    lastID += 1
    let id = lastID
    // It takes its place before the store is asked, so that two messages cannot overtake each other there.
    waiting.append(
      WaitingTurn(
        id: id, request: request, replaces: replaced, retried: retried, order: scheduler.nextOrder(), ticket: ticket))
    let known: StoredTurn
    do {
      known = try await store.keep(
        request.post, session: key.text, payload: request.payload, root: request.asked.root, at: now())
    } catch {
      logger.error("message not kept", metadata: request.logged(error))
      waiting.removeAll { $0.id == id }
      startNext()
      return .rejected(.store(error))
    }
    if isShutDown {
      waiting.removeAll { $0.id == id }
      return .deferred
    }
    guard let place = waiting.firstIndex(where: { $0.id == id }) else {
      await forget([request.post])
      return .rejected(.stopped)
    }
    waiting[place].isKept = true
    waiting[place].reply = known.reply
    waiting[place].isBegun = known.isBegun
    if request.busy.mode == .interrupt { return await interrupt(with: id) }
    startNext()
    if request.busy.mode == .steer { steer(id) }
    return ahead == 0 && !isWaitingForRoom ? .started : .queued(place: self.place(of: request.post) ?? ahead)
  }

  private func rejection(by policy: BusyPolicy, ahead: Int) -> Rejection? {
    switch policy.mode {
    case .reject: .busy
    case .queue, .steer: ahead > policy.max ? .full(max: policy.max) : nil
    case .interrupt: nil
    }
  }

  /// Forgets messages that will not be answered. Where that fails, they come back after a restart: loud, not fatal.
  func forget(_ posts: [String]) async {
    do {
      try await store.finish(posts)
    } catch {
      logger.error("messages not forgotten", metadata: ["posts": "\(posts)", "reason": "\(error)"])
    }
  }
}
