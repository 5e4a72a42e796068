package import Core
package import FoundationEssentials
import GRDB

extension SQLiteStore {
  package func sessions(of deletion: Deletion) throws(StoreError) -> [SessionKey] {
    try read { db in
      switch deletion {
      case .message(let post):
        let post = post.rawValue
        return try String.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT session FROM waiting WHERE \(Self.isAbout)
              UNION SELECT session FROM exchanges WHERE id IN (\(Self.exchangesOfPost))
              """),
          arguments: [post, post, post, post, post, post])
      case .answer(let claim):
        return try String.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT session FROM waiting WHERE post = ? UNION SELECT session FROM exchanges
              WHERE post = ? AND id IN (SELECT exchange FROM exchange_posts WHERE post = ?)
              """),
          arguments: [claim.text, claim.text, claim.post.rawValue])
      }
    }.compactMap { SessionKey(text: $0) }
  }

  package func rememberedChannels() throws(StoreError) -> Set<ChannelID> {
    try read { db in
      Set(
        try String.fetchAll(db.cachedStatement(sql: "SELECT DISTINCT channel FROM exchange_posts WHERE channel <> ''"))
          .map { ChannelID($0) })
    }
  }

  package func exchanges(of deletion: Deletion, session: SessionKey) throws(StoreError) -> SessionDeletion {
    var concerned = SessionDeletion(deletion: deletion)
    guard case .message(let post) = deletion else { return concerned }
    let rows = try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT exchange, exchange_posts.files FROM exchange_posts JOIN exchanges ON exchanges.id = exchange
            WHERE session = ? AND (exchange_posts.post = ? OR exchange_posts.root = ?)
            """),
        arguments: [session.text, post.rawValue, post.rawValue]
      ).map { row in (exchange: row["exchange"] as Int64, files: row["files"] as String) }
    }
    for row in rows {
      concerned.exchanges.insert(row.exchange)
      concerned.files += JSONColumn.values(row.files)
    }
    return concerned
  }

  package func forget(_ deletion: Deletion, session: SessionKey) async throws(StoreError) {
    try await writeToDisk { db in
      var isCut = false
      switch deletion {
      case .message(let post):
        let post = post.rawValue
        let waiting = try Row.fetchAll(
          db.cachedStatement(sql: "SELECT post, begun FROM waiting WHERE session = ? AND (\(Self.isAbout))"),
          arguments: [session.text, post, post, post, post])
        for message in waiting {
          if message["begun"] { isCut = true }
          try Self.finish(Claim(text: message["post"]), in: db)
        }
        try db.cachedStatement(
          sql: """
            DELETE FROM exchanges WHERE session = ? AND id IN (\(Self.exchangesOfPost))
            """
        ).execute(arguments: [session.text, post, post])
      case .answer(let claim):
        if let begun = try Bool.fetchOne(
          db.cachedStatement(sql: "SELECT begun FROM waiting WHERE session = ? AND post = ?"),
          arguments: [session.text, claim.text])
        {
          isCut = begun
          try Self.finish(claim, in: db)
        }
        try db.cachedStatement(
          sql: "UPDATE exchanges SET outcome = ?, answer = NULL WHERE session = ? AND post = ? AND outcome = ?"
        ).execute(arguments: [TurnEnd.stopped.rawValue, session.text, claim.text, TurnEnd.answered.rawValue])
      }
      if isCut || db.changesCount > 0 { try SessionRow.cut(session, in: db) }
    }
  }

  package func endDeleted(
    _ turn: TurnRecord, over: [Claim], left: [TurnRequest], session: SessionKey, at now: Date
  ) async throws(StoreError) {
    let (id, leftPlaces) = (nextPlace(), left.map { _ in nextPlace() })
    try await writeToDisk { db in
      let waited = try WaitingRow.fetch(turn.request, in: db)
      for claim in over { try Self.finish(claim, in: db) }
      for (request, place) in zip(left, leftPlaces) {
        try Self.enqueue(
          request.claim, session: session, payload: request.payload, root: request.source.root, at: now, place: place,
          in: db)
        try Self.deleteReply(to: request.claim, in: db)
        try Self.reopen(request.claim, in: db)
      }
      var row = try SessionRow.fetchOrInsert(session, at: now, in: db)
      try SessionRow.cut(session, in: db)
      guard let waited, turn.generation == nil || turn.generation == row.generation else { return }
      try row.count(turn.usage, isAnswered: false, in: db)
      row.lastAt = max(row.lastAt, now)
      if turn.isAnswerDeleted, turn.replaces == nil {
        try HistoryTable.append(turn, waited, session: session, at: now, id: id, in: db)
      }
      try row.update(in: db)
    }
  }

  /// Selects the exchanges that are made of a post or of replies in its thread; takes the post twice. The index of
  /// roots has no empty ones.
  private static let exchangesOfPost = """
    SELECT exchange FROM exchange_posts WHERE post = ?
    UNION SELECT exchange FROM exchange_posts WHERE root = ? AND root <> ''
    """

  /// Selects the rows of `waiting` that are about a deleted post: each is of the post, of an edit of it, or of a reply
  /// in its thread. Takes the post four times.
  private static let isAbout = "post = ? OR post >= ? || '@' AND post < ? || 'A' OR root = ?"
}
