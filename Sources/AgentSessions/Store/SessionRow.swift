import FoundationEssentials
import GRDB
import RuleEngine

/// A conversation as the table `sessions` keeps it.
struct SessionRow {
  let key: String
  /// How often it has begun, from 1.
  var generation: Int64
  /// When this generation began.
  var startedAt: Date
  /// When something last happened in it.
  var lastAt: Date
  /// How many exchanges of this generation were answered.
  var turns: Int
  /// How often something was removed from within the conversation.
  var cuts: Int64

  static func fetch(_ key: String, in db: Database) throws -> SessionRow? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM sessions WHERE key = ?"), arguments: [key]).map { row in
      SessionRow(
        key: key, generation: row["generation"], startedAt: Date(milliseconds: row["started_at"]),
        lastAt: Date(milliseconds: row["last_at"]), turns: row["turns"], cuts: row["cuts"])
    }
  }

  /// The session's row, made where there is none.
  static func ofSession(_ key: String, at now: Date, in db: Database) throws -> SessionRow {
    if let known = try fetch(key, in: db) { return known }
    try db.cachedStatement(
      sql: "INSERT INTO sessions (key, generation, started_at, last_at, turns) VALUES (?, 1, ?, ?, 0)"
    ).execute(arguments: [key, now.milliseconds, now.milliseconds])
    return SessionRow(key: key, generation: 1, startedAt: now, lastAt: now, turns: 0, cuts: 0)
  }

  /// Whether the next message begins a new conversation.
  func isOver(by policy: SessionPolicy, at now: Date) -> Bool {
    if let most = policy.turns, turns >= most { return true }
    if let idle = policy.idleSeconds, now.timeIntervalSince(lastAt) >= Double(idle) { return true }
    return false
  }

  /// The next generation, with nothing said in it.
  func renewed(at now: Date, in db: Database) throws -> SessionRow {
    let next = SessionRow(key: key, generation: generation + 1, startedAt: now, lastAt: now, turns: 0, cuts: cuts)
    try db.cachedStatement(sql: "DELETE FROM exchanges WHERE session = ?").execute(arguments: [key])
    for table in ["usage", "costs"] {
      try db.cachedStatement(sql: "DELETE FROM \(table) WHERE session = ? AND generation <> ?").execute(arguments: [
        key, UsageSum.allGenerations,
      ])
    }
    try next.update(in: db)
    return next
  }

  func update(in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE sessions SET generation = ?, started_at = ?, last_at = ?, turns = ? WHERE key = ?"
    ).execute(arguments: [generation, startedAt.milliseconds, lastAt.milliseconds, turns, key])
  }

  /// Counts what a turn used, for this generation and for all.
  func count(_ usage: TokenUsage?, isAnswered: Bool, in db: Database) throws {
    for generation in [generation, UsageSum.allGenerations] {
      try db.cachedStatement(
        sql: """
          INSERT INTO usage (session, generation, turns, reported, input, output) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (session, generation) DO UPDATE SET turns = turns + excluded.turns,
            reported = reported + excluded.reported, input = input + excluded.input, output = output + excluded.output
          """
      ).execute(arguments: [
        key, generation, isAnswered ? 1 : 0, usage == nil ? 0 : 1, usage?.input ?? 0, usage?.output ?? 0,
      ])
      guard let cost = usage?.cost else { continue }
      // A sum that has become too large to add to stays as it is: the turn has to be recorded all the same.
      try db.cachedStatement(
        sql: """
          INSERT INTO costs (session, generation, currency, millionths) VALUES (?, ?, ?, ?)
          ON CONFLICT (session, generation, currency)
            DO UPDATE SET millionths = min(millionths + excluded.millionths, ?)
          """
      ).execute(arguments: [key, generation, cost.currency, cost.millionths, Limits.costMillionthsMax])
    }
  }
}

extension UsageSum {
  /// The generation under which the table `usage` keeps the sum of all.
  static let allGenerations: Int64 = 0

  static func fetch(_ session: String, generation: Int64, in db: Database) throws -> UsageSum {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM usage WHERE session = ? AND generation = ?"),
      arguments: [session, generation])
    guard let row else { return UsageSum() }
    let tokens = TokenUsage(input: row["input"], output: row["output"])
    let costs = try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT currency, millionths FROM costs WHERE session = ? AND generation = ? ORDER BY currency"),
      arguments: [session, generation]
    ).map { Cost(millionths: $0["millionths"], currency: $0["currency"]) }
    return UsageSum(turns: row["turns"], turnsReported: row["reported"], tokens: tokens, costs: costs)
  }
}
