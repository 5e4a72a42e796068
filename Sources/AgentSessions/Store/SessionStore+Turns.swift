import FoundationEssentials
import GRDB
import RuleEngine

extension SessionStore {
  /// Begins a turn: starts a new generation where the policy says so, and reads what was said before, oldest first, as far
  /// as any agent may be shown it.
  func begin(
    _ session: String, policy: SessionPolicy, leavingOut skipped: Int64?, at now: Date
  ) throws(StoreError) -> TurnStart {
    try write { db in
      var row = try SessionRow.ofSession(session, at: now, in: db)
      let isNew = row.isOver(by: policy, at: now)
      let hadTurns = isNew && row.turns > 0
      if isNew { row = try row.renewed(at: now, in: db) }
      return TurnStart(
        generation: row.generation, cuts: row.cuts, isNew: isNew, hadTurns: hadTurns,
        isFirst: row.lastAt == row.startedAt,
        history: try HistoryEntry.history(of: session, leavingOut: skipped, in: db))
    }
  }

  /// Ends a turn in one step: its message no longer waits, its claim is done, its usage counted and its exchange in
  /// the history. Where the conversation has begun anew meanwhile, the exchange belongs to nothing and is not kept.
  func end(_ turn: TurnRecord, session: String, at now: Date) throws(StoreError) {
    try write { db in
      let waited = try WaitingRow.fetch(turn.request, in: db)
      for post in [turn.request.post] + turn.joined { try Self.finish(post, in: db) }
      var row = try SessionRow.ofSession(session, at: now, in: db)
      guard let waited, turn.generation == nil || turn.generation == row.generation else { return }
      let isAnswered = turn.end == .answered
      try row.count(turn.usage, isAnswered: isAnswered, in: db)
      row.lastAt = max(row.lastAt, now)
      if let replaced = turn.replaces, try HistoryEntry.exists(replaced, in: db) {
        // A retry that brought nothing leaves the exchange as it was, so that it can be tried once more.
        if isAnswered {
          row.turns += try HistoryEntry.replace(replaced, with: turn, waited, at: now, in: db)
        } else if turn.end == .failed {
          try HistoryEntry.noteFailure(of: replaced, at: now, in: db)
        }
      } else {
        if isAnswered { row.turns += 1 }
        try HistoryEntry.append(turn, waited, session: session, at: now, in: db)
      }
      try row.update(in: db)
    }
  }

  /// Begins a conversation anew, and returns its new generation: what was said is deleted, for nothing may read it again.
  func renew(_ session: String, at now: Date) throws(StoreError) -> Int64 {
    try write(outlasting: .power) { db in
      try SessionRow.ofSession(session, at: now, in: db).renewed(at: now, in: db).generation
    }
  }

  /// All conversations that are remembered, each with its generation.
  func generations() throws(StoreError) -> [(key: String, generation: Int64)] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "SELECT key, generation FROM sessions")).map {
        (key: $0["key"], generation: $0["generation"])
      }
    }
  }

  /// Returns the exchange that a retry of `user` repeats: the last one of the current generation that failed if the user has
  /// asked nothing since being told so, else the last one, answered or not.
  func lastExchange(of user: String, session: String) throws(StoreError) -> PastExchange? {
    try read { db in
      try Row.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT id, message, files, more, speaker, agent FROM exchanges AS past WHERE session = ? AND user = ?
            ORDER BY failed_at IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM exchanges AS later
              WHERE later.session = past.session AND later.user = past.user AND later.id != past.id
                AND later.asked_at >= past.failed_at
            ) DESC, place DESC LIMIT 1
            """),
        arguments: [session, user]
      ).map(PastExchange.init)
    }
  }

  /// Returns the exchange that one of these messages has become, or else the one with this id; `nil` if there is none.
  func exchange(ofAny posts: [String], or id: Int64?, session: String) throws(StoreError) -> PastExchange? {
    try read { db -> PastExchange? in
      for post in posts {
        let found = try Row.fetchOne(
          db.cachedStatement(
            sql: """
              SELECT id, message, files, more, speaker, agent FROM exchanges WHERE session = ? AND post = ?
              ORDER BY place DESC LIMIT 1
              """),
          arguments: [session, post])
        if let found { return PastExchange(found) }
      }
      guard let id else { return nil }
      return try Row.fetchOne(
        db.cachedStatement(
          sql: "SELECT id, message, files, more, speaker, agent FROM exchanges WHERE session = ? AND id = ?"),
        arguments: [session, id]
      ).map(PastExchange.init)
    }
  }

  /// Whether anything of a thread was said in a conversation.
  func hasSeen(thread root: String, session: String) throws(StoreError) -> Bool {
    try read { db in
      try Int.fetchOne(
        db.cachedStatement(sql: "SELECT 1 FROM exchanges WHERE session = ? AND (post = ? OR root = ?) LIMIT 1"),
        arguments: [session, root, root]) != nil
    }
  }

  /// What is known of a conversation, or nil where it never began.
  func facts(of session: String) throws(StoreError) -> SessionRow? {
    try read { db in try SessionRow.fetch(session, in: db) }
  }

  /// What a conversation has used, in this generation and in all.
  func usage(of session: String) throws(StoreError) -> SessionUsage {
    try read { db in
      let row = try SessionRow.fetch(session, in: db)
      return SessionUsage(
        current: try UsageSum.fetch(session, generation: row?.generation ?? 1, in: db),
        total: try UsageSum.fetch(session, generation: UsageSum.allGenerations, in: db))
    }
  }
}

/// When a message came and when it was written, as an exchange is ordered.
struct WaitingRow {
  /// Its row in `waiting`.
  var place: Int64
  /// When it was written, in milliseconds; when it was taken in if that is not known.
  var askedAt: Int64

  /// Returns what is known of a message, or `nil` if it does not wait any more.
  static func fetch(_ request: TurnRequest, in db: Database) throws -> WaitingRow? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT place, at FROM waiting WHERE post = ?"), arguments: [request.post]
    ).map { WaitingRow(place: $0["place"], askedAt: request.askedAt?.milliseconds ?? $0["at"]) }
  }
}

extension PastExchange {
  /// Reads a row of `exchanges`.
  fileprivate init(_ row: Row) {
    self.init(
      id: row["id"], message: row["message"], files: JSONColumn.values(row["files"]),
      more: JSONColumn.values(row["more"]), speaker: row["speaker"], agent: row["agent"])
  }
}
