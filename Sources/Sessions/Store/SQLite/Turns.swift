import Agents
package import Core
package import FoundationEssentials
import GRDB
package import RuleEngine

extension SQLiteStore {
  package func begin(
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

  package func end(_ turn: TurnRecord, session: SessionKey, at now: Date) throws(StoreError) {
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

  package func renew(_ session: SessionKey, at now: Date) async throws(StoreError) -> Int64 {
    try await writeToDisk { db in
      try SessionRow.fetchOrInsert(session, at: now, in: db).renewed(at: now, in: db).generation
    }
  }

  package func generations() throws(StoreError) -> [(key: SessionKey, generation: Int64)] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "SELECT key, generation FROM sessions")).compactMap { row in
        SessionKey(text: row["key"]).map { (key: $0, generation: row["generation"]) }
      }
    }
  }

  package func lastExchange(of user: UserID, session: SessionKey) throws(StoreError) -> PastExchange? {
    try read { try PastExchange.last(of: user, session: session, in: $0) }
  }

  package func exchange(ofAny claims: [Claim], or id: Int64?, session: SessionKey) throws(StoreError) -> PastExchange? {
    try read { try PastExchange.first(ofAny: claims, or: id, session: session, in: $0) }
  }

  package func hasSeen(thread root: PostID, session: SessionKey) throws(StoreError) -> Bool {
    try read { db in
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT 1 FROM exchanges WHERE session = ? AND (post = ? OR root = ?) LIMIT 1"),
        arguments: [session.text, root.rawValue, root.rawValue]) != nil
    }
  }

  package func facts(of session: SessionKey) throws(StoreError) -> SessionRow? {
    try read { db in try SessionRow.fetch(session, in: db) }
  }

  package func usage(of session: SessionKey) throws(StoreError) -> SessionUsage {
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

extension SQLiteStore {
  package func note(_ key: AgentNoteKey) throws(StoreError) -> String? {
    try read { db in
      try String.fetchOne(
        db.cachedStatement(sql: "SELECT note FROM agent_notes WHERE session = ? AND agent = ? AND generation = ?"),
        arguments: [key.session.text, key.agent, key.generation])
    }
  }

  package func setNote(_ text: String, _ key: AgentNoteKey) throws(StoreError) {
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
