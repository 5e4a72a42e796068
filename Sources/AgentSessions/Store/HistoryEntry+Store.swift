import FoundationEssentials
import GRDB

extension HistoryEntry {
  /// What an agent may know of a conversation, oldest first: what was answered, and what a newer message interrupted.
  static func history(of session: String, leavingOut skipped: Int64?, in db: Database) throws -> [HistoryEntry] {
    let newestFirst = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT speaker, message, files, more, answer, agent FROM exchanges
          WHERE session = ? AND outcome IN (?, ?) AND id IS NOT ? ORDER BY place DESC LIMIT ?
          """),
      arguments: [
        session, TurnEnd.answered.rawValue, TurnEnd.interrupted.rawValue, skipped, Limits.historyExchangesMax,
      ])
    var history: [HistoryEntry] = []
    var bytes = 0
    while let row = try newestFirst.next() {
      let more: [ChatMessage] = JSONColumn.values(row["more"])
      let said =
        [ChatMessage(speaker: row["speaker"], text: row["message"], files: JSONColumn.values(row["files"]))] + more
      let answer: String? = row["answer"]
      bytes += said.reduce(answer?.utf8.count ?? 0) { $0 + $1.text.utf8.count }
      guard bytes <= Limits.historyBytesMax else { break }
      // What the agent was told while it answered is as if its answer had been interrupted: it follows the last of them.
      for (index, message) in said.enumerated().reversed() {
        history.append(
          HistoryEntry(
            speaker: message.speaker, message: message.text, files: message.files,
            answer: index == said.count - 1 ? answer : nil, agent: row["agent"]))
      }
    }
    return history.reversed()
  }

  /// Appends a turn's exchange, and forgets those that will not be read again: the older ones, and the user's earlier
  /// ones that were never answered, which only a retry would have read. One that the user did not know to have failed when
  /// asking this is kept.
  static func append(_ turn: TurnRecord, _ waited: WaitingRow, session: String, at now: Date, in db: Database) throws {
    let request = turn.request
    try db.cachedStatement(
      sql: """
        DELETE FROM exchanges
        WHERE session = ? AND user = ? AND outcome IN (?, ?) AND (failed_at IS NULL OR failed_at <= ?)
        """
    ).execute(
      arguments: [session, request.user, TurnEnd.failed.rawValue, TurnEnd.stopped.rawValue, waited.askedAt])
    try db.cachedStatement(
      sql: """
        INSERT INTO exchanges
          (place, session, post, user, speaker, agent, message, files, more, answer, outcome, root, at, asked_at, failed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      waited.place, session, request.post, request.user, request.speaker, request.agent, request.message,
      JSONColumn.text(request.files), JSONColumn.text(request.more), turn.answer, turn.end.rawValue,
      request.origin.thread, now.milliseconds, waited.askedAt, turn.end == .failed ? now.milliseconds : nil,
    ])
    try note(turn.posts, of: db.lastInsertedRowID, in: db)
    try db.cachedStatement(
      sql: """
        DELETE FROM exchanges WHERE session = ? AND id NOT IN
          (SELECT id FROM exchanges WHERE session = ? ORDER BY place DESC LIMIT ?)
        """
    ).execute(arguments: [session, session, Limits.historyExchangesMax])
  }

  static func exists(_ id: Int64, in db: Database) throws -> Bool {
    try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM exchanges WHERE id = ?"), arguments: [id]) != nil
  }

  /// Puts a retry's exchange, as the newest, in the place of the one it repeats, and returns how many more answers the
  /// conversation has by it. The id stays, so that a second retry repeats the same exchange.
  static func replace(_ id: Int64, with turn: TurnRecord, _ waited: WaitingRow, at now: Date, in db: Database) throws
    -> Int
  {
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
      waited.place, turn.request.post, turn.request.agent, turn.request.message, JSONColumn.text(turn.request.files),
      JSONColumn.text(turn.request.more), turn.answer, turn.end.rawValue, now.milliseconds, waited.askedAt,
      id,
    ])
    // What it is asked again by adds nothing to the message.
    try note(Array(turn.posts.dropFirst()), of: id, in: db)
    return 1 - (answers ?? 0)
  }

  /// Notes that repeating an exchange failed, and when its asker was told so.
  static func noteFailure(of id: Int64, at now: Date, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE exchanges SET failed_at = ? WHERE id = ?").execute(
      arguments: [now.milliseconds, id])
  }
}
