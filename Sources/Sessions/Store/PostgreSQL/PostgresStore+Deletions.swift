import Agents
package import Core
import PostgreSQL

extension PostgresStore {
  package func sessions(of deletion: Deletion) async throws(StoreError) -> [SessionKey] {
    let member = PostgresValue.int(try membership.id())
    let rows =
      switch deletion {
      case .message(let post): try await read(Self.selectSessionsOfPost, .text(post.rawValue), member)
      case .answer(let claim):
        try await read(Self.selectSessionsOfAnswer, .text(claim.text), .text(claim.post.rawValue), member)
      }
    return try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in SessionKey(text: try row.text(0)) }
    }.compactMap(\.self)
  }

  /// Each row of `waiting` is of a post, of an edit of it, or of a reply in its thread.
  private static let selectSessionsOfPost: Statement = """
    SELECT session FROM (
      SELECT session FROM waiting WHERE post = $1 OR post >= $1 || '@' AND post < $1 || 'A' OR root = $1
      UNION SELECT session FROM exchanges
        WHERE id IN (SELECT exchange FROM exchange_posts WHERE post = $1
          UNION SELECT exchange FROM exchange_posts WHERE root = $1 AND root <> '')
    ) AS concerned
    WHERE NOT EXISTS (SELECT FROM leases WHERE leases.session = concerned.session AND member <> $2)
    """

  private static let selectSessionsOfAnswer: Statement = """
    SELECT session FROM (
      SELECT session FROM waiting WHERE post = $1
      UNION SELECT session FROM exchanges
        WHERE post = $1 AND id IN (SELECT exchange FROM exchange_posts WHERE post = $2)
    ) AS concerned
    WHERE NOT EXISTS (SELECT FROM leases WHERE leases.session = concerned.session AND member <> $3)
    """

  package func rememberedChannels() async throws(StoreError) -> Set<ChannelID> {
    let rows = try await readAll(Self.selectChannels, after: .text(""), atOnce: Limits.databaseRowsMax)
    return try decode { () throws(PostgresError) in
      Set(try rows.map { row throws(PostgresError) in ChannelID(try row.text(0)) })
    }
  }

  private static let selectChannels: Statement = """
    SELECT DISTINCT channel FROM exchange_posts WHERE channel > $1 ORDER BY channel LIMIT $2
    """

  package func exchanges(
    of deletion: Deletion, session: SessionKey
  ) async throws(StoreError) -> SessionDeletion {
    var concerned = SessionDeletion(deletion: deletion)
    guard case .message(let post) = deletion else { return concerned }
    let rows = try await read(Self.selectExchanges, .text(session.text), .text(post.rawValue))
    for row in rows {
      let (id, files) = try decode { () throws(PostgresError) in (try row.int(0), try row.text(1)) }
      concerned.exchanges.insert(id)
      concerned.files += JSONColumn.values(files)
    }
    return concerned
  }

  private static let selectExchanges: Statement = """
    SELECT exchange, exchange_posts.files FROM exchange_posts JOIN exchanges ON exchanges.id = exchange
    WHERE session = $1 AND (exchange_posts.post = $2 OR exchange_posts.root = $2)
    """

  package func forget(_ deletion: Deletion, session: SessionKey) async throws(StoreError) {
    let rows: [PostgresRow]
    switch deletion {
    case .message(let post): rows = try await write(Self.forgetPost, .text(session.text), .text(post.rawValue))
    case .answer(let claim):
      rows = try await write(
        Self.forgetAnswer, .text(session.text), .text(claim.text), .text(TurnEnd.stopped.rawValue),
        .text(TurnEnd.answered.rawValue))
    }
    held.recordEnd(
      of: try decode { () throws(PostgresError) in
        try rows.map { row throws(PostgresError) in Claim(text: try row.text(0)) }
      })
  }

  /// Removes what is about a post, and starts agents' own conversations over if anything that they know is removed.
  private static let forgetPost: Statement = """
    WITH gone AS (
      DELETE FROM waiting
      WHERE session = $1 AND (post = $2 OR post >= $2 || '@' AND post < $2 || 'A' OR root = $2)
      RETURNING post, begun
    ), replies AS (
      DELETE FROM outbox USING gone WHERE reply = gone.post AND message IS NOT NULL
    ), ended AS (
      UPDATE claims SET done = true FROM gone WHERE claims.post = gone.post
    ), removed AS (
      DELETE FROM exchanges
      WHERE session = $1
        AND id IN (SELECT exchange FROM exchange_posts WHERE post = $2
          UNION SELECT exchange FROM exchange_posts WHERE root = $2 AND root <> '')
      RETURNING id
    ), removed_posts AS (
      DELETE FROM exchange_posts USING removed WHERE exchange = removed.id
    ), cut AS (
      UPDATE sessions SET cuts = cuts + 1
      WHERE key = $1 AND (EXISTS (SELECT FROM gone WHERE begun) OR EXISTS (SELECT FROM removed))
      RETURNING key
    ), notes AS (
      DELETE FROM agent_notes USING cut WHERE session = cut.key
    )
    SELECT post FROM gone
    """

  private static let forgetAnswer: Statement = """
    WITH gone AS (
      DELETE FROM waiting WHERE session = $1 AND post = $2 RETURNING post, begun
    ), replies AS (
      DELETE FROM outbox USING gone WHERE reply = gone.post AND message IS NOT NULL
    ), ended AS (
      UPDATE claims SET done = true FROM gone WHERE claims.post = gone.post
    ), emptied AS (
      UPDATE exchanges SET outcome = $3, answer = NULL WHERE session = $1 AND post = $2 AND outcome = $4 RETURNING id
    ), cut AS (
      UPDATE sessions SET cuts = cuts + 1
      WHERE key = $1 AND (EXISTS (SELECT FROM gone WHERE begun) OR EXISTS (SELECT FROM emptied))
      RETURNING key
    ), notes AS (
      DELETE FROM agent_notes USING cut WHERE session = cut.key
    )
    SELECT post FROM gone
    """
}

extension PostgresBatch {
  /// Records that something was removed from within a conversation: agents that have one of their own start it over.
  mutating func cut(_ session: SessionKey) {
    add(Self.countCut, .text(session.text))
    add(Self.deleteNotes, .text(session.text))
  }

  private static let countCut: Statement = "UPDATE sessions SET cuts = cuts + 1 WHERE key = $1"
  private static let deleteNotes: Statement = "DELETE FROM agent_notes WHERE session = $1"
}
