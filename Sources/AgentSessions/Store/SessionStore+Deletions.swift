import FoundationEssentials
import GRDB

extension SessionStore {
  /// The keys, as text, of the sessions in which something is known that a deletion concerns: a message that waits or is
  /// being answered, or an exchange.
  package func sessions(of deletion: Deletion) throws(StoreError) -> [String] {
    try read { db in
      switch deletion {
      case .message(let post):
        try String.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT session FROM waiting WHERE \(Self.isAbout)
              UNION SELECT session FROM exchanges WHERE id IN (\(Self.exchangesOfPost))
              """),
          arguments: [post, post, post, post, post, post])
      case .answer(let claim):
        try String.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT session FROM waiting WHERE post = ? UNION SELECT session FROM exchanges
              WHERE post = ? AND id IN (SELECT exchange FROM exchange_posts WHERE post = ?)
              """),
          arguments: [claim, claim, ClaimID.post(of: claim)])
      }
    }
  }

  /// The ids of the channels in which something was written that a conversation remembers.
  package func rememberedChannels() throws(StoreError) -> Set<String> {
    try read { db in
      Set(
        try String.fetchAll(db.cachedStatement(sql: "SELECT DISTINCT channel FROM exchange_posts WHERE channel <> ''")))
    }
  }

  /// The exchanges of a session that a deletion removes, and the files of what was deleted.
  func exchanges(of deletion: Deletion, session: String) throws(StoreError) -> SessionDeletion {
    var concerned = SessionDeletion(deletion: deletion)
    guard case .message(let post) = deletion else { return concerned }
    let rows = try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT exchange, exchange_posts.files FROM exchange_posts JOIN exchanges ON exchanges.id = exchange
            WHERE session = ? AND (exchange_posts.post = ? OR exchange_posts.root = ?)
            """),
        arguments: [session, post, post]
      ).map { row in (exchange: row["exchange"] as Int64, files: row["files"] as String) }
    }
    for row in rows {
      concerned.exchanges.insert(row.exchange)
      concerned.files += JSONColumn.values(row.files)
    }
    return concerned
  }

  /// Forgets what a deletion concerns in a session: messages that wait, and exchanges. Of an exchange whose answer was
  /// deleted the question stays, for a retry alone.
  func forget(_ deletion: Deletion, session: String) throws(StoreError) {
    try write(outlasting: .power) { db in
      var isCut = false
      switch deletion {
      case .message(let post):
        let waiting = try Row.fetchAll(
          db.cachedStatement(sql: "SELECT post, begun FROM waiting WHERE session = ? AND (\(Self.isAbout))"),
          arguments: [session, post, post, post, post])
        for message in waiting {
          if message["begun"] { isCut = true }
          try Self.finish(message["post"], in: db)
        }
        try db.cachedStatement(
          sql: """
            DELETE FROM exchanges WHERE session = ? AND id IN (\(Self.exchangesOfPost))
            """
        ).execute(arguments: [session, post, post])
      case .answer(let claim):
        if let begun = try Bool.fetchOne(
          db.cachedStatement(sql: "SELECT begun FROM waiting WHERE session = ? AND post = ?"),
          arguments: [session, claim])
        {
          isCut = begun
          try Self.finish(claim, in: db)
        }
        try db.cachedStatement(
          sql: "UPDATE exchanges SET outcome = ?, answer = NULL WHERE session = ? AND post = ? AND outcome = ?"
        ).execute(arguments: [TurnEnd.stopped.rawValue, session, claim, TurnEnd.answered.rawValue])
      }
      if isCut || db.changesCount > 0 { try SessionRow.cut(session, in: db) }
    }
  }

  /// Ends a turn that a deletion ended: what it used is counted, and none of it is in the history.
  ///
  /// - Parameters:
  ///   - over: the ids of the messages of the turn that will not be answered.
  ///   - left: those that are to be answered by another turn.
  func endDeleted(
    _ turn: TurnRecord, over: [String], left: [TurnRequest], session: String, at now: Date
  ) throws(StoreError) {
    try write(outlasting: .power) { db in
      let waited = try WaitingRow.fetch(turn.request, in: db)
      for post in over { try Self.finish(post, in: db) }
      for request in left {
        try Self.keep(
          request.post, session: session, payload: request.payload, root: request.asked.root, at: now, in: db)
        try db.cachedStatement(sql: "DELETE FROM outbox WHERE message = ?").execute(arguments: [request.post])
        try Self.reopen(request.post, in: db)
      }
      var row = try SessionRow.ofSession(session, at: now, in: db)
      try SessionRow.cut(session, in: db)
      guard let waited, turn.generation == nil || turn.generation == row.generation else { return }
      try row.count(turn.usage, isAnswered: false, in: db)
      row.lastAt = max(row.lastAt, now)
      if turn.isAnswerDeleted, turn.replaces == nil {
        try HistoryEntry.append(turn, waited, session: session, at: now, in: db)
      }
      try row.update(in: db)
    }
  }

  /// Notes that something is left to do for a post after all.
  static func reopen(_ post: String, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE claims SET done = 0 WHERE post = ?").execute(arguments: [post])
  }

  /// The exchanges made of a post or of replies in its thread; the post is given twice. The index of roots has no empty ones.
  private static let exchangesOfPost = """
    SELECT exchange FROM exchange_posts WHERE post = ?
    UNION SELECT exchange FROM exchange_posts WHERE root = ? AND root <> ''
    """

  /// Whether a row of `waiting` is about a deleted post, which is given four times: it is of the post, of an edit of it, or
  /// of a reply in its thread.
  private static let isAbout = "post = ? OR post >= ? || '@' AND post < ? || 'A' OR root = ?"
}

extension SessionRow {
  /// Notes that something was removed from within a conversation: agents that keep one of their own begin it anew.
  static func cut(_ session: String, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE sessions SET cuts = cuts + 1 WHERE key = ?").execute(arguments: [session])
    try db.cachedStatement(sql: "DELETE FROM agent_notes WHERE session = ?").execute(arguments: [session])
  }
}

extension HistoryEntry {
  /// Notes the posts of which an exchange's message is made.
  static func note(_ posts: [SourcePost], of exchange: Int64, in db: Database) throws {
    for asked in posts {
      try db.cachedStatement(
        sql: """
          INSERT INTO exchange_posts (exchange, post, root, channel, files) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """
      ).execute(arguments: [exchange, asked.post, asked.root, asked.channel, JSONColumn.text(asked.files)])
    }
  }
}
