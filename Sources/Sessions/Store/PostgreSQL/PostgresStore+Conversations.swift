import Agents
package import Core
package import FoundationEssentials
import PostgreSQL
package import RuleEngine

extension PostgresStore {
  package func begin(
    _ session: SessionKey, policy: SessionPolicy, readsHistory: Bool, leavingOut skipped: Int64?, at now: Date
  ) async throws(StoreError) -> TurnStart {
    let results = try await read(
      PostgresBatch {
        $0.add(Self.selectSession, .text(session.text))
        if readsHistory {
          $0.add(
            Self.selectHistory, .text(session.text), .texts([TurnEnd.answered.rawValue, TurnEnd.interrupted.rawValue]),
            PostgresValue(skipped), .int(Int64(Limits.historyExchangesMax)), .int(Int64(Limits.historyBytesMax) * 2))
        }
      })
    var known = try decode { () throws(PostgresError) in
      try results[0].first.map { row throws(PostgresError) in try SessionRow(session, row) }
    }
    let member = try membership.id()
    if let row = known, row.member != member { known = try await enter(row, as: member) }
    let isNew = known?.isOver(by: policy, at: now) ?? false
    let row: SessionRow
    if let known, !isNew {
      row = known
    } else {
      row = try await insertOrRenew(session, over: isNew ? known : nil, at: now)
    }
    return TurnStart(
      generation: row.generation, cuts: row.cuts, isNew: isNew, hadTurns: isNew && known?.turns != 0,
      isFirst: row.lastAt == row.startedAt,
      history: readsHistory && !isNew ? try decode { () throws(PostgresError) in try history(results[1]) } : [])
  }

  private func history(_ newestFirst: [PostgresRow]) throws(PostgresError) -> [HistoryEntry] {
    var history = History()
    for row in newestFirst {
      guard history.add(try PastExchange(row), answer: try row.optionalText(6)) else { break }
    }
    return history.entries
  }

  private static let selectHistory: Statement = """
    SELECT id, message, files, more, speaker, agent, answer
    FROM (
      SELECT *, sum(octet_length(message) + octet_length(more) + coalesce(octet_length(answer), 0))
        OVER (ORDER BY place DESC) AS bytes
      FROM exchanges WHERE session = $1 AND outcome = ANY ($2) AND id IS DISTINCT FROM $3
    ) AS past
    WHERE bytes <= $5 ORDER BY place DESC LIMIT $4
    """

  private static let selectSession: Statement = """
    SELECT generation, started_at, last_at, turns, cuts, member FROM sessions WHERE key = $1
    """

  /// Records that this member answers in a session from now on. What the agents of another one that still runs know of
  /// it will be out of date there: they start it over.
  private func enter(_ row: SessionRow, as member: Int64) async throws(StoreError) -> SessionRow {
    let key = PostgresValue.text(row.key.text)
    let results = try await write(
      PostgresBatch {
        $0.add(Self.setMember, key, .int(member))
        $0.add(Self.selectSession, key)
      })
    return try decode { () throws(PostgresError) in
      try results[1].first.map { changed throws(PostgresError) in try SessionRow(row.key, changed) }
    } ?? row
  }

  private static let setMember: Statement = """
    WITH earlier AS (
      SELECT key, EXISTS (SELECT FROM members WHERE id = sessions.member) AS runs
      FROM sessions WHERE key = $1 AND member <> $2
    ), changed AS (
      UPDATE sessions SET member = $2, cuts = cuts + CASE WHEN runs THEN 1 ELSE 0 END
      FROM earlier WHERE sessions.key = earlier.key
    )
    DELETE FROM agent_notes USING earlier WHERE session = key AND runs
    """

  /// Inserts the row of a session if it is missing, starts its next generation if `over` is the one that ends, and
  /// returns the row.
  private func insertOrRenew(
    _ session: SessionKey, over known: SessionRow?, at now: Date
  ) async throws(StoreError) -> SessionRow {
    let member = try membership.id()
    let results = try await write(
      PostgresBatch {
        $0.insertSession(session, by: member, at: now)
        if let known {
          // Repeated after a lost connection, they find the next generation and change nothing.
          let ended: [PostgresValue] = [.text(session.text), .int(known.generation)]
          $0.add(Self.deleteExchanges, ended)
          $0.add(Self.deleteUsage, ended)
          $0.add(Self.deleteCosts, ended)
          $0.add(Self.startGeneration, ended + [.int(now.milliseconds)])
        }
        $0.add(Self.selectSession, .text(session.text))
      })
    let row = try decode { () throws(PostgresError) in
      try results.last?.first.map { row throws(PostgresError) in try SessionRow(session, row) }
    }
    return row ?? SessionRow(key: session, generation: 1, startedAt: now, lastAt: now, turns: 0, cuts: 0)
  }

  private static let deleteExchanges: Statement = """
    WITH removed AS (
      DELETE FROM exchanges USING sessions WHERE session = $1 AND key = $1 AND sessions.generation = $2 RETURNING id
    )
    DELETE FROM exchange_posts USING removed WHERE exchange = removed.id
    """

  private static let deleteUsage: Statement = """
    DELETE FROM usage USING sessions
    WHERE session = $1 AND key = $1 AND sessions.generation = $2 AND usage.generation <> 0
    """

  private static let deleteCosts: Statement = """
    DELETE FROM costs USING sessions
    WHERE session = $1 AND key = $1 AND sessions.generation = $2 AND costs.generation <> 0
    """

  private static let startGeneration: Statement = """
    UPDATE sessions SET generation = generation + 1, started_at = $3, last_at = $3, turns = 0
    WHERE key = $1 AND generation = $2
    """

  package func renew(_ session: SessionKey, at now: Date) async throws(StoreError) -> Int64 {
    let known = try await facts(of: session)
    let first = SessionRow(key: session, generation: 1, startedAt: now, lastAt: now, turns: 0, cuts: 0)
    return try await insertOrRenew(session, over: known ?? first, at: now).generation
  }

  package func generations() async throws(StoreError) -> [(key: SessionKey, generation: Int64)] {
    let rows = try await readAll(Self.selectGenerations, after: .text(""), atOnce: Limits.databaseRowsMax)
    return try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in (key: SessionKey(text: try row.text(0)), generation: try row.int(1)) }
    }.compactMap { row in row.key.map { (key: $0, generation: row.generation) } }
  }

  private static let selectGenerations: Statement = """
    SELECT key, generation FROM sessions WHERE key > $1 ORDER BY key LIMIT $2
    """

  package func facts(of session: SessionKey) async throws(StoreError) -> SessionRow? {
    let rows = try await read(Self.selectSession, .text(session.text))
    return try decode { () throws(PostgresError) in
      try rows.first.map { row throws(PostgresError) in try SessionRow(session, row) }
    }
  }
}

extension SessionRow {
  /// Reads a row of a session: generation, started_at, last_at, turns, cuts, member.
  fileprivate init(_ key: SessionKey, _ row: PostgresRow) throws(PostgresError) {
    self.init(
      key: key, generation: try row.int(0), startedAt: Date(milliseconds: try row.int(1)),
      lastAt: Date(milliseconds: try row.int(2)), turns: Int(try row.int(3)), cuts: try row.int(4),
      member: try row.int(5))
  }
}

extension PostgresBatch {
  /// Inserts the row of a session if it is missing.
  mutating func insertSession(_ session: SessionKey, by member: Int64, at now: Date) {
    add(Self.insertSession, .text(session.text), .int(now.milliseconds), .int(member))
  }

  private static let insertSession: Statement = """
    INSERT INTO sessions (key, generation, started_at, last_at, turns, cuts, member) VALUES ($1, 1, $2, $2, 0, 0, $3)
    ON CONFLICT (key) DO NOTHING
    """
}

// MARK: Past exchanges

extension PostgresStore {
  package func lastExchange(of user: UserID, session: SessionKey) async throws(StoreError) -> PastExchange? {
    try await exchange(Self.selectLastExchange, .text(session.text), .text(user.rawValue))
  }

  private static let selectLastExchange: Statement = """
    SELECT id, message, files, more, speaker, agent FROM exchanges AS past WHERE session = $1 AND author = $2
    ORDER BY failed_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM exchanges AS later
      WHERE later.session = past.session AND later.author = past.author AND later.id <> past.id
        AND later.asked_at >= past.failed_at
    ) DESC, place DESC LIMIT 1
    """

  package func exchange(
    ofAny claims: [Claim], or id: Int64?, session: SessionKey
  ) async throws(StoreError) -> PastExchange? {
    for claim in claims {
      if let found = try await exchange(Self.selectExchangeOfPost, .text(session.text), .text(claim.text)) {
        return found
      }
    }
    guard let id else { return nil }
    return try await exchange(Self.selectExchange, .text(session.text), .int(id))
  }

  private static let selectExchangeOfPost: Statement = """
    SELECT id, message, files, more, speaker, agent FROM exchanges WHERE session = $1 AND post = $2
    ORDER BY place DESC LIMIT 1
    """

  private static let selectExchange: Statement = """
    SELECT id, message, files, more, speaker, agent FROM exchanges WHERE session = $1 AND id = $2
    """

  private func exchange(
    _ statement: Statement, _ session: PostgresValue, _ value: PostgresValue
  ) async throws(StoreError) -> PastExchange? {
    let rows = try await read(statement, session, value)
    return try decode { () throws(PostgresError) in try rows.first.map(PastExchange.init) }
  }

  package func hasSeen(thread root: PostID, session: SessionKey) async throws(StoreError) -> Bool {
    try await !read(Self.selectThread, .text(session.text), .text(root.rawValue)).isEmpty
  }

  private static let selectThread: Statement = """
    SELECT 1 FROM exchanges WHERE session = $1 AND (post = $2 OR root = $2) LIMIT 1
    """
}

extension PastExchange {
  /// Reads a row: id, message, files, more, speaker, agent.
  fileprivate init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      id: try row.int(0), message: try row.text(1), files: JSONColumn.values(try row.text(2)),
      more: JSONColumn.values(try row.text(3)), speaker: try row.text(4), agent: try row.text(5))
  }
}

// MARK: Usage

extension PostgresStore {
  package func usage(of session: SessionKey) async throws(StoreError) -> SessionUsage {
    let results = try await read(
      PostgresBatch {
        $0.add(Self.selectUsage, .text(session.text))
        $0.add(Self.selectCosts, .text(session.text))
      })
    return try decode { () throws(PostgresError) in
      var usage = SessionUsage(current: UsageSum(), total: UsageSum())
      for row in results[0] {
        let sum = UsageSum(
          turns: Int(try row.int(1)), turnsReported: Int(try row.int(2)),
          tokens: TokenUsage(input: Int(try row.int(3)), output: Int(try row.int(4))))
        if try row.bool(0) { usage.total = sum } else { usage.current = sum }
      }
      for row in results[1] {
        let cost = Cost(millionths: Int(try row.int(2)), currency: try row.text(1))
        if try row.bool(0) { usage.total.costs.append(cost) } else { usage.current.costs.append(cost) }
      }
      return usage
    }
  }

  /// Selects the sums of all generations, of which the first column is true, and of the current one.
  private static let selectUsage: Statement = """
    SELECT generation = 0, turns, reported, input, output FROM usage
    WHERE session = $1
      AND generation IN (0, coalesce((SELECT generation FROM sessions WHERE key = $1), 1))
    """

  private static let selectCosts: Statement = """
    SELECT generation = 0, currency, millionths FROM costs
    WHERE session = $1
      AND generation IN (0, coalesce((SELECT generation FROM sessions WHERE key = $1), 1))
    ORDER BY currency
    """
}

// MARK: Notes of agents

extension PostgresStore {
  package func note(_ key: AgentNoteKey) async throws(StoreError) -> String? {
    let rows = try await read(Self.selectNote, .text(key.session.text), .text(key.agent), .int(key.generation))
    return try decode { () throws(PostgresError) in try rows.first?.text(0) }
  }

  private static let selectNote: Statement = """
    SELECT note FROM agent_notes WHERE session = $1 AND agent = $2 AND generation = $3
    """

  package func setNote(_ text: String, _ key: AgentNoteKey) async throws(StoreError) {
    try await write(
      Self.insertNote, .text(key.session.text), .text(key.agent), .int(key.generation), .text(text), .int(key.cuts))
  }

  private static let insertNote: Statement = """
    INSERT INTO agent_notes (session, agent, generation, note)
    SELECT key, $2, $3, $4 FROM sessions WHERE key = $1 AND cuts = $5
    ON CONFLICT (session, agent) DO UPDATE SET generation = excluded.generation, note = excluded.note
    """
}
