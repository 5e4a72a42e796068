import Agents
import Core
import FoundationEssentials
import GRDB
import RuleEngine

/// A turn that is over, as the store records it.
struct TurnRecord {
  var request: TurnRequest
  /// The generation it belonged to; `nil` for the current one.
  var generation: Int64?
  /// The exchange that it replaces.
  var replaces: Int64?
  var end: TurnEnd
  /// The delivered answer.
  var answer: String?
  var usage: TokenUsage?
  /// The messages that the agent was told while it answered.
  var joined: [Claim] = []
  /// The posts that the turn is about.
  var sources: [SourcePost]
  /// True if its reply was posted, by which the next start would know how it ended.
  var isPosted = false
  /// The root of the thread in which its reply was posted, unless that is recorded already.
  var thread: PostID?
  /// True if its answer was deleted, and not the message.
  var isAnswerDeleted = false

  init(request: TurnRequest, replaces: Int64? = nil, end: TurnEnd, answer: String? = nil) {
    self.request = request
    self.replaces = replaces
    self.end = end
    self.answer = answer
    sources = [request.source]
  }

  /// Adds messages that the agent was told meanwhile: a retry asks all of it as one message. If several users speak,
  /// who said what is recorded.
  mutating func join(_ messages: [TurnRequest], isShared: Bool) {
    for more in messages {
      if isShared {
        request.more.append(ChatMessage(speaker: more.speaker, text: more.message, files: more.files))
      } else {
        request.message += "\n\n\(more.message)"
        request.files += more.files
      }
      joined.append(more.claim)
      sources.append(more.source)
    }
  }
}

/// The state of the conversation at the start of a turn.
struct TurnStart {
  var generation: Int64
  /// The number of removals from within the conversation.
  var cuts: Int64
  /// True if the generation starts with it.
  var isNew: Bool
  /// True if anything was answered in the generation before.
  var hadTurns: Bool
  /// True if it is the first turn of its generation.
  var isFirst: Bool
  var history: [HistoryEntry]

  /// The name of the conversation for agents that have one of their own: removed messages of another are not in it.
  func sessionID(of session: SessionKey) -> String { "\(session)#\(generation)" + (cuts == 0 ? "" : ".\(cuts)") }
}

extension SessionStore {
  /// Begins a turn: starts a new generation if the policy says so, and reads the history, oldest first, as far as any
  /// agent may see it.
  ///
  /// - Parameter readsHistory: False to leave the history empty, for an agent that does not read it.
  func begin(
    _ session: SessionKey, policy: SessionPolicy, readsHistory: Bool = true, leavingOut skipped: Int64?, at now: Date
  ) throws(StoreError) -> TurnStart {
    let known = try facts(of: session)
    let isNew = known?.isOver(by: policy, at: now) ?? false
    let row: SessionRow
    if let known, !isNew {
      row = known
    } else {
      row = try write { db in
        let row = try SessionRow.fetchOrInsert(session, at: now, in: db)
        return isNew ? try row.renewed(at: now, in: db) : row
      }
    }
    return TurnStart(
      generation: row.generation, cuts: row.cuts, isNew: isNew, hadTurns: isNew && known?.turns != 0,
      isFirst: row.lastAt == row.startedAt,
      history: readsHistory && !isNew
        ? try read { try HistoryTable.history(of: session, leavingOut: skipped, in: $0) } : [])
  }

  /// Ends a turn in one step: its message no longer waits, its claim is done, its reply is out of the outbox, its usage
  /// is counted and its exchange in the history. If the conversation was reset meanwhile, the exchange belongs to
  /// nothing and is not stored.
  func end(_ turn: TurnRecord, session: SessionKey, at now: Date) throws(StoreError) {
    let id = nextPlace()
    let change = { (db: Database) in
      let waited = try WaitingRow.fetch(turn.request, in: db)
      for claim in [turn.request.claim] + turn.joined { try Self.finish(claim, in: db) }
      if let thread = turn.thread { try Self.joinThread(thread, at: now, in: db) }
      var row = try SessionRow.fetchOrInsert(session, at: now, in: db)
      guard let waited, turn.generation == nil || turn.generation == row.generation else { return }
      let isAnswered = turn.end == .answered
      try row.count(turn.usage, isAnswered: isAnswered, in: db)
      row.lastAt = max(row.lastAt, now)
      if let replaced = turn.replaces, try HistoryTable.exists(replaced, in: db) {
        // A retry without an answer leaves the exchange as it was, so that it can be tried once more.
        if isAnswered {
          row.turns += try HistoryTable.replace(replaced, with: turn, waited, at: now, in: db)
        } else if turn.end == .failed {
          try HistoryTable.recordFailure(of: replaced, at: now, in: db)
        }
      } else {
        if isAnswered { row.turns += 1 }
        try HistoryTable.append(turn, waited, session: session, at: now, id: id, in: db)
      }
      try row.update(in: db)
    }
    if turn.isPosted {
      try postpone(failure: "turn not recorded", metadata: turn.request.logged, change)
    } else {
      try write(change)
    }
  }

  /// Starts a conversation over, and returns its new generation. Its history is deleted: nothing may read it again.
  func renew(_ session: SessionKey, at now: Date) async throws(StoreError) -> Int64 {
    try await writeToDisk { db in
      try SessionRow.fetchOrInsert(session, at: now, in: db).renewed(at: now, in: db).generation
    }
  }

  /// Returns all conversations, each with its generation.
  func generations() throws(StoreError) -> [(key: SessionKey, generation: Int64)] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "SELECT key, generation FROM sessions")).compactMap { row in
        SessionKey(text: row["key"]).map { (key: $0, generation: row["generation"]) }
      }
    }
  }

  /// See `PastExchange.last`.
  func lastExchange(of user: UserID, session: SessionKey) throws(StoreError) -> PastExchange? {
    try read { try PastExchange.last(of: user, session: session, in: $0) }
  }

  /// See `PastExchange.first`.
  func exchange(ofAny claims: [Claim], or id: Int64?, session: SessionKey) throws(StoreError) -> PastExchange? {
    try read { try PastExchange.first(ofAny: claims, or: id, session: session, in: $0) }
  }

  /// Returns whether a conversation has any message of a thread.
  func hasSeen(thread root: PostID, session: SessionKey) throws(StoreError) -> Bool {
    try read { db in
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT 1 FROM exchanges WHERE session = ? AND (post = ? OR root = ?) LIMIT 1"),
        arguments: [session.text, root.rawValue, root.rawValue]) != nil
    }
  }

  /// Returns the row of a conversation, or `nil` if it has never started.
  func facts(of session: SessionKey) throws(StoreError) -> SessionRow? {
    try read { db in try SessionRow.fetch(session, in: db) }
  }

  /// Returns the usage of a conversation, in this generation and in all.
  func usage(of session: SessionKey) throws(StoreError) -> SessionUsage {
    try read { db in
      let row = try SessionRow.fetch(session, in: db)
      return SessionUsage(
        current: try UsageSum.fetch(session, generation: row?.generation ?? 1, in: db),
        total: try UsageSum.fetch(session, generation: UsageSum.allGenerations, in: db))
    }
  }
}

/// When a message came and when it was written, by which exchanges are ordered.
struct WaitingRow {
  /// Its position in `waiting`: clocks go back now and then.
  var position: Int64
  /// When it was written, in milliseconds; when it was submitted if that is unknown.
  var askedAt: Int64

  /// Returns the row of a message, or `nil` if it does not wait any more.
  static func fetch(_ request: TurnRequest, in db: Database) throws -> WaitingRow? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT place, at FROM waiting WHERE post = ?"), arguments: [request.claim.text]
    ).map { WaitingRow(position: $0["place"], askedAt: request.askedAt?.milliseconds ?? $0["at"]) }
  }
}

// MARK: Notes of agents

/// The key of an agent's note for itself.
struct AgentNoteKey: Sendable {
  let session: SessionKey
  let generation: Int64
  /// The number of removals from within the conversation when the agent was asked.
  let cuts: Int64
  let agent: String
}

extension SessionStore {
  /// Returns an agent's note of this generation, or `nil` if there is none.
  func note(_ key: AgentNoteKey) throws(StoreError) -> String? {
    try read { db in
      try String.fetchOne(
        db.cachedStatement(sql: "SELECT note FROM agent_notes WHERE session = ? AND agent = ? AND generation = ?"),
        arguments: [key.session.text, key.agent, key.generation])
    }
  }

  /// Replaces an agent's note, unless something was removed from the conversation since the agent was asked: its note
  /// may lead it back to that.
  func setNote(_ text: String, _ key: AgentNoteKey) throws(StoreError) {
    try write { db in
      try db.cachedStatement(
        sql: """
          INSERT INTO agent_notes (session, agent, generation, note)
          SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM sessions WHERE key = ? AND cuts = ?)
          ON CONFLICT (session, agent) DO UPDATE SET generation = excluded.generation, note = excluded.note
          """
      ).execute(arguments: [
        key.session.text, key.agent, key.generation, text, key.session.text, key.cuts,
      ])
    }
  }
}
