import Agents
import Core
package import FoundationEssentials
import PostgreSQL

/// The end of a turn is one batch. Its statements count, and store the exchange, only while the message waits and the
/// conversation was not reset meanwhile: each selects that row of `waiting` and that of `sessions`, by the parameters
/// $1 to $3. The message stops waiting with the last of them, so that a batch that is repeated after a lost connection
/// changes nothing again.
extension PostgresStore {
  package func end(_ turn: TurnRecord, session: SessionKey, at now: Date) async throws(StoreError) {
    var replaced: Int64?
    if let id = turn.replaces, try await !read(Self.selectExists, .int(id)).isEmpty { replaced = id }
    let member = try membership.id()
    let batch = PostgresBatch { batch in
      // The row of one that has begun is there.
      if turn.generation == nil { batch.insertSession(session, by: member, at: now) }
      let isAnswered = turn.end == .answered
      batch.count(turn, isAnswered: isAnswered, addsAnswer: isAnswered && replaced == nil, session: session, at: now)
      if let replaced {
        // A retry without an answer leaves the exchange as it was, so that it can be tried once more.
        if isAnswered {
          batch.replace(replaced, with: turn, session: session, at: now)
        } else if turn.end == .failed {
          batch.recordFailure(of: replaced, turn, session: session, at: now)
        }
      } else {
        batch.append(turn, session: session, at: now)
      }
      batch.finish([turn.request.claim] + turn.joined)
    }
    if turn.isPosted { try await writeSoon(batch, joining: turn.thread, at: now) } else { try await write(batch) }
    held.recordEnd(of: [turn.request.claim] + turn.joined)
  }

  private static let selectExists: Statement = "SELECT 1 FROM exchanges WHERE id = $1"

  package func endDeleted(
    _ turn: TurnRecord, over: [Claim], left: [TurnRequest], session: SessionKey, at now: Date
  ) async throws(StoreError) {
    let member = try membership.id()
    try await write(
      PostgresBatch { batch in
        batch.insertSession(session, by: member, at: now)
        batch.count(turn, isAnswered: false, addsAnswer: false, session: session, at: now)
        if turn.isAnswerDeleted, turn.replaces == nil { batch.append(turn, session: session, at: now) }
        batch.cut(session)
        batch.finish(over)
        for request in left {
          batch.enqueue(
            request.claim, session: session, payload: request.payload, root: request.source.root, by: member, at: now)
        }
        batch.deleteReplies(to: left.map(\.claim))
        batch.reopen(left.map(\.claim))
      })
    held.recordEnd(of: over)
  }
}

extension PostgresBatch {
  /// The parameters $1 to $3 of the row that a turn's message waits in, and of its conversation.
  private func keys(_ turn: TurnRecord, _ session: SessionKey) -> [PostgresValue] {
    [.text(turn.request.claim.text), .text(session.text), PostgresValue(turn.generation)]
  }

  /// Adds the usage of a turn to the sums of this generation and of all, and records that something happened in the
  /// conversation.
  ///
  /// - Parameters:
  ///   - isAnswered: true if the turn counts as answered.
  ///   - addsAnswer: true if the conversation has one answer more by it.
  mutating func count(
    _ turn: TurnRecord, isAnswered: Bool, addsAnswer: Bool, session: SessionKey, at now: Date
  ) {
    let usage = turn.usage
    add(
      Self.addUsage,
      keys(turn, session) + [
        .int(isAnswered ? 1 : 0), .int(usage == nil ? 0 : 1), .int(Int64(usage?.input ?? 0)),
        .int(Int64(usage?.output ?? 0)), .int(addsAnswer ? 1 : 0), .int(now.milliseconds),
      ])
    guard let cost = usage?.cost else { return }
    add(
      Self.addCost,
      keys(turn, session) + [.text(cost.currency), .int(Int64(cost.millionths)), .int(Int64(Limits.costMillionthsMax))])
  }

  private static let addUsage: Statement = """
    WITH turn AS (
      SELECT key, generation FROM waiting, sessions
      WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR generation = $3)
    ), touched AS (
      UPDATE sessions SET turns = turns + $8, last_at = greatest(last_at, $9) FROM turn WHERE sessions.key = turn.key
    )
    INSERT INTO usage (session, generation, turns, reported, input, output)
    SELECT key, counted.generation, $4, $5, $6, $7
    FROM turn, LATERAL (VALUES (turn.generation), (0)) AS counted (generation)
    ON CONFLICT (session, generation) DO UPDATE SET turns = usage.turns + excluded.turns,
      reported = usage.reported + excluded.reported, input = usage.input + excluded.input,
      output = usage.output + excluded.output
    """

  // A sum that has become too large to add to stays as it is: the turn has to be recorded all the same.
  private static let addCost: Statement = """
    INSERT INTO costs (session, generation, currency, millionths)
    SELECT key, counted.generation, $4, $5
    FROM waiting, sessions, LATERAL (VALUES (sessions.generation), (0)) AS counted (generation)
    WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR sessions.generation = $3)
    ON CONFLICT (session, generation, currency)
      DO UPDATE SET millionths = least(costs.millionths + excluded.millionths, $6)
    """

  /// Appends a turn's exchange, and deletes those that will not be read again: the oldest, and the user's earlier ones
  /// that were never answered, which only a retry would have read. One that the user did not know to have failed when
  /// they asked this stays.
  mutating func append(_ turn: TurnRecord, session: SessionKey, at now: Date) {
    let request = turn.request
    let askedAt = PostgresValue(request.askedAt?.milliseconds)
    let failedAt: PostgresValue = turn.end == .failed ? .int(now.milliseconds) : .null
    let exchange: [PostgresValue] = [
      .text(request.origin.thread?.rawValue ?? ""), .text(request.user.rawValue), .text(request.speaker),
      .text(request.agent), .text(request.message), .text(JSONColumn.text(request.files)),
      .text(JSONColumn.text(request.more)), PostgresValue(turn.answer), .text(turn.end.rawValue),
      .int(now.milliseconds), askedAt, failedAt,
    ]
    let removed: [PostgresValue] = [
      .texts([TurnEnd.failed.rawValue, TurnEnd.stopped.rawValue]), .int(Int64(Limits.historyExchangesMax - 2)),
    ]
    add(Self.insertExchange, keys(turn, session) + exchange + SourcePost.columns(turn.sources) + removed)
  }

  /// All parts of the statement see the exchanges as they were before it.
  private static let insertExchange: Statement = """
    WITH turn AS (
      SELECT waiting.post, waiting.place, key, waiting.at FROM waiting, sessions
      WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR sessions.generation = $3)
    ), unanswered AS (
      DELETE FROM exchanges USING turn
      WHERE session = key AND answer IS NULL AND author = $5 AND outcome = ANY ($20)
        AND (failed_at IS NULL OR failed_at <= coalesce($14, turn.at))
      RETURNING id
    ), oldest AS (
      DELETE FROM exchanges USING turn
      WHERE session = key
        AND exchanges.place < (SELECT place FROM exchanges WHERE session = $2 ORDER BY place DESC OFFSET $21 LIMIT 1)
      RETURNING id
    ), removed_posts AS (
      DELETE FROM exchange_posts USING (SELECT id FROM unanswered UNION ALL SELECT id FROM oldest) AS removed
      WHERE exchange = removed.id
    ), added AS (
      INSERT INTO exchanges (id, place, session, post, root, author, speaker, agent, message, files, more, answer,
        outcome, at, asked_at, failed_at)
      SELECT nextval('places'), place, key, post, $4, $5, $6, $7, $8, $9, $10, $11::text, $12, $13, coalesce($14, at),
        $15::bigint
      FROM turn
      RETURNING id
    )
    INSERT INTO exchange_posts (exchange, post, root, channel, files)
    SELECT id, source.* FROM added, unnest($16::text[], $17::text[], $18::text[], $19::text[]) AS source
    ON CONFLICT DO NOTHING
    """

  /// Replaces the exchange that a retry repeats, as the newest. The id stays, so that a second retry repeats the same
  /// exchange.
  mutating func replace(_ id: Int64, with turn: TurnRecord, session: SessionKey, at now: Date) {
    let request = turn.request
    add(Self.countReplaced, keys(turn, session) + [.int(id)])
    let exchange: [PostgresValue] = [
      .int(id), .text(request.agent), .text(request.message), .text(JSONColumn.text(request.files)),
      .text(JSONColumn.text(request.more)), PostgresValue(turn.answer), .text(turn.end.rawValue),
      .int(now.milliseconds), PostgresValue(request.askedAt?.milliseconds),
    ]
    add(Self.replaceExchange, keys(turn, session) + exchange)
    // The post of the retry itself adds nothing to the message.
    let added = Array(turn.sources.dropFirst())
    if !added.isEmpty { add(Self.addPosts, keys(turn, session) + [.int(id)] + SourcePost.columns(added)) }
  }

  private static let countReplaced: Statement = """
    UPDATE sessions SET turns = turns + 1 - CASE WHEN answer IS NULL THEN 0 ELSE 1 END
    FROM waiting, exchanges
    WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR generation = $3) AND exchanges.id = $4
    """

  private static let replaceExchange: Statement = """
    UPDATE exchanges
    SET place = waiting.place, post = waiting.post, agent = $5, message = $6, files = $7, more = $8, answer = $9::text,
      outcome = $10, at = $11, asked_at = coalesce($12, waiting.at), failed_at = NULL
    FROM waiting, sessions
    WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR sessions.generation = $3) AND exchanges.id = $4
    """

  private static let addPosts: Statement = """
    INSERT INTO exchange_posts (exchange, post, root, channel, files)
    SELECT exchanges.id, source.*
    FROM waiting, sessions, exchanges, unnest($5::text[], $6::text[], $7::text[], $8::text[]) AS source
    WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR sessions.generation = $3) AND exchanges.id = $4
    ON CONFLICT DO NOTHING
    """

  /// Records that repeating an exchange failed, and when its asker was told so.
  mutating func recordFailure(of id: Int64, _ turn: TurnRecord, session: SessionKey, at now: Date) {
    add(Self.setFailed, keys(turn, session) + [.int(id), .int(now.milliseconds)])
  }

  private static let setFailed: Statement = """
    UPDATE exchanges SET failed_at = $5 FROM waiting, sessions
    WHERE waiting.post = $1 AND key = $2 AND ($3::bigint IS NULL OR sessions.generation = $3) AND exchanges.id = $4
    """
}

extension SourcePost {
  /// The columns of `exchange_posts` for some posts.
  fileprivate static func columns(_ posts: [SourcePost]) -> [PostgresValue] {
    [
      .texts(posts.map(\.post.rawValue)), .texts(posts.map { $0.root?.rawValue ?? "" }),
      .texts(posts.map { $0.channel?.rawValue ?? "" }), .texts(posts.map { JSONColumn.text($0.files) }),
    ]
  }
}
