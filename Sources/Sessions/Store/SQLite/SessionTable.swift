import Agents
import FoundationEssentials
import GRDB

/// The conversations. Table `sessions`.
extension SessionRow {
  static func fetch(_ key: SessionKey, in db: Database) throws -> SessionRow? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM sessions WHERE key = ?"), arguments: [key.text]).map {
      SessionRow(
        key: key, generation: $0["generation"], startedAt: Date(milliseconds: $0["started_at"]),
        lastAt: Date(milliseconds: $0["last_at"]), turns: $0["turns"], cuts: $0["cuts"])
    }
  }

  /// Returns the session's row, which is inserted if it is missing.
  static func fetchOrInsert(_ key: SessionKey, at now: Date, in db: Database) throws -> SessionRow {
    if let known = try fetch(key, in: db) { return known }
    try db.cachedStatement(
      sql: "INSERT INTO sessions (key, generation, started_at, last_at, turns) VALUES (?, 1, ?, ?, 0)"
    ).execute(arguments: [key.text, now.milliseconds, now.milliseconds])
    return SessionRow(key: key, generation: 1, startedAt: now, lastAt: now, turns: 0, cuts: 0)
  }

  /// Starts the next generation, without a history.
  func renewed(at now: Date, in db: Database) throws -> SessionRow {
    let next = SessionRow(key: key, generation: generation + 1, startedAt: now, lastAt: now, turns: 0, cuts: cuts)
    try db.cachedStatement(sql: "DELETE FROM exchanges WHERE session = ?").execute(arguments: [key.text])
    for table in ["usage", "costs"] {
      try db.cachedStatement(sql: "DELETE FROM \(table) WHERE session = ? AND generation <> ?").execute(arguments: [
        key.text, UsageSum.allGenerations,
      ])
    }
    try next.update(in: db)
    return next
  }

  func update(in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE sessions SET generation = ?, started_at = ?, last_at = ?, turns = ? WHERE key = ?"
    ).execute(arguments: [generation, startedAt.milliseconds, lastAt.milliseconds, turns, key.text])
  }

  /// Records that something was removed from within a conversation: agents that have one of their own start it over.
  static func cut(_ key: SessionKey, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE sessions SET cuts = cuts + 1 WHERE key = ?").execute(arguments: [key.text])
    try db.cachedStatement(sql: "DELETE FROM agent_notes WHERE session = ?").execute(arguments: [key.text])
  }

  /// Adds the usage of a turn to the sums of this generation and of all.
  func count(_ usage: TokenUsage?, isAnswered: Bool, in db: Database) throws {
    for generation in [generation, UsageSum.allGenerations] {
      try db.cachedStatement(
        sql: """
          INSERT INTO usage (session, generation, turns, reported, input, output) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (session, generation) DO UPDATE SET turns = turns + excluded.turns,
            reported = reported + excluded.reported, input = input + excluded.input, output = output + excluded.output
          """
      ).execute(arguments: [
        key.text, generation, isAnswered ? 1 : 0, usage == nil ? 0 : 1, usage?.input ?? 0, usage?.output ?? 0,
      ])
      guard let cost = usage?.cost else { continue }
      // A sum that has become too large to add to stays as it is: the turn has to be recorded all the same.
      try db.cachedStatement(
        sql: """
          INSERT INTO costs (session, generation, currency, millionths) VALUES (?, ?, ?, ?)
          ON CONFLICT (session, generation, currency)
            DO UPDATE SET millionths = min(millionths + excluded.millionths, ?)
          """
      ).execute(arguments: [key.text, generation, cost.currency, cost.millionths, Limits.costMillionthsMax])
    }
  }
}

extension UsageSum {
  static func fetch(_ session: SessionKey, generation: Int64, in db: Database) throws -> UsageSum {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM usage WHERE session = ? AND generation = ?"),
      arguments: [session.text, generation])
    guard let row else { return UsageSum() }
    let tokens = TokenUsage(input: row["input"], output: row["output"])
    let costs = try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT currency, millionths FROM costs WHERE session = ? AND generation = ? ORDER BY currency"),
      arguments: [session.text, generation]
    ).map { Cost(millionths: $0["millionths"], currency: $0["currency"]) }
    return UsageSum(turns: row["turns"], turnsReported: row["reported"], tokens: tokens, costs: costs)
  }
}
