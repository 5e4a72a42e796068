import Agents
import Core
import FoundationEssentials
import GRDB

/// The exchanges of conversations: messages with their answers. Table `exchanges`.
enum HistoryTable {
  /// Returns the history for an agent, oldest first: answered messages, and those that a newer message
  /// interrupted.
  static func history(of session: SessionKey, leavingOut skipped: Int64?, in db: Database) throws -> [HistoryEntry] {
    let newestFirst = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT id, message, files, more, speaker, agent, answer FROM exchanges
          WHERE session = ? AND outcome IN (?, ?) AND id IS NOT ? ORDER BY place DESC LIMIT ?
          """),
      arguments: [
        session.text, TurnEnd.answered.rawValue, TurnEnd.interrupted.rawValue, skipped, Limits.historyExchangesMax,
      ])
    var history = History()
    while let row = try newestFirst.next(), history.add(PastExchange(row), answer: row["answer"]) {}
    return history.entries
  }

  /// Appends a turn's exchange, and deletes those that will not be read again: the oldest, and the user's earlier ones
  /// that were never answered, which only a retry would have read. One that the user did not know to have failed when
  /// they asked this stays.
  static func append(
    _ turn: TurnRecord, _ waited: WaitingRow, session: SessionKey, at now: Date, id: Int64, in db: Database
  ) throws {
    let request = turn.request
    try db.cachedStatement(
      sql: """
        DELETE FROM exchanges
        WHERE session = ? AND user = ? AND outcome IN (?, ?) AND (failed_at IS NULL OR failed_at <= ?)
        """
    ).execute(
      arguments: [
        session.text, request.user.rawValue, TurnEnd.failed.rawValue, TurnEnd.stopped.rawValue, waited.askedAt,
      ])
    try db.cachedStatement(
      sql: """
        INSERT INTO exchanges
          (id, place, session, post, user, speaker, agent, message, files, more, answer, outcome, root, at, asked_at,
            failed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, waited.position, session.text, request.claim.text, request.user.rawValue, request.speaker, request.agent,
      request.message, JSONColumn.text(request.files), JSONColumn.text(request.more), turn.answer, turn.end.rawValue,
      request.origin.thread?.rawValue ?? "", now.milliseconds, waited.askedAt,
      turn.end == .failed ? now.milliseconds : nil,
    ])
    try add(turn.sources, to: id, in: db)
    try db.cachedStatement(
      sql: """
        DELETE FROM exchanges WHERE session = ? AND id NOT IN
          (SELECT id FROM exchanges WHERE session = ? ORDER BY place DESC LIMIT ?)
        """
    ).execute(arguments: [session.text, session.text, Limits.historyExchangesMax])
  }

  static func exists(_ id: Int64, in db: Database) throws -> Bool {
    try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM exchanges WHERE id = ?"), arguments: [id]) != nil
  }

  /// Replaces the exchange that a retry repeats, as the newest, and returns how many more answers the conversation has.
  /// The id stays, so that a second retry repeats the same exchange.
  static func replace(
    _ id: Int64, with turn: TurnRecord, _ waited: WaitingRow, at now: Date, in db: Database
  ) throws -> Int {
    let answers = try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(answer) FROM exchanges WHERE id = ?"), arguments: [id])
    try db.cachedStatement(
      sql: """
        UPDATE exchanges
        SET place = ?, post = ?, agent = ?, message = ?, files = ?, more = ?, answer = ?, outcome = ?, at = ?,
          asked_at = ?, failed_at = NULL
        WHERE id = ?
        """
    ).execute(arguments: [
      waited.position, turn.request.claim.text, turn.request.agent, turn.request.message,
      JSONColumn.text(turn.request.files), JSONColumn.text(turn.request.more), turn.answer, turn.end.rawValue,
      now.milliseconds, waited.askedAt, id,
    ])
    // The post of the retry itself adds nothing to the message.
    try add(Array(turn.sources.dropFirst()), to: id, in: db)
    return 1 - (answers ?? 0)
  }

  /// Records that repeating an exchange failed, and when its asker was told so.
  static func recordFailure(of id: Int64, at now: Date, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE exchanges SET failed_at = ? WHERE id = ?").execute(
      arguments: [now.milliseconds, id])
  }

  /// Adds posts to those of which an exchange's message is made.
  private static func add(_ sources: [SourcePost], to exchange: Int64, in db: Database) throws {
    for source in sources {
      try db.cachedStatement(
        sql: """
          INSERT INTO exchange_posts (exchange, post, root, channel, files) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """
      ).execute(arguments: [
        exchange, source.post.rawValue, source.root?.rawValue ?? "", source.channel?.rawValue ?? "",
        JSONColumn.text(source.files),
      ])
    }
  }
}

extension PastExchange {
  fileprivate init(_ row: Row) {
    self.init(
      id: row["id"], message: row["message"], files: JSONColumn.values(row["files"]),
      more: JSONColumn.values(row["more"]), speaker: row["speaker"], agent: row["agent"])
  }

  private static let columns = "id, message, files, more, speaker, agent"

  static func last(of user: UserID, session: SessionKey, in db: Database) throws -> PastExchange? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT \(columns) FROM exchanges AS past WHERE session = ? AND user = ?
          ORDER BY failed_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM exchanges AS later
            WHERE later.session = past.session AND later.user = past.user AND later.id != past.id
              AND later.asked_at >= past.failed_at
          ) DESC, place DESC LIMIT 1
          """),
      arguments: [session.text, user.rawValue]
    ).map(PastExchange.init)
  }

  static func first(
    ofAny claims: [Claim], or id: Int64?, session: SessionKey, in db: Database
  ) throws -> PastExchange? {
    for claim in claims {
      let found = try Row.fetchOne(
        db.cachedStatement(
          sql: "SELECT \(columns) FROM exchanges WHERE session = ? AND post = ? ORDER BY place DESC LIMIT 1"),
        arguments: [session.text, claim.text])
      if let found { return PastExchange(found) }
    }
    guard let id else { return nil }
    return try Row.fetchOne(
      db.cachedStatement(sql: "SELECT \(columns) FROM exchanges WHERE session = ? AND id = ?"),
      arguments: [session.text, id]
    ).map(PastExchange.init)
  }
}
