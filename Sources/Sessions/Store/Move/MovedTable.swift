import GRDB
import PostgreSQL

/// A table of the SQLite store, and how its rows are written into the database.
struct MovedTable: Sendable {
  /// The name in both stores.
  let name: String
  /// The noun for its rows, and its plural.
  let noun: String
  var plural: String?
  let columns: [Column]
  /// The number of first columns that identify a row.
  let keyCount: Int
  /// Writes rows, whose columns are parameters, each a list; one that may be null has two: whether it has a value, and the
  /// value. A row that exists already stays as it is, so that a move that was interrupted can be begun again.
  let insert: PostgreSQL.Statement

  struct Column: Sendable {
    /// The name in SQLite; PostgreSQL's statement has its own.
    let name: String
    let type: ColumnType
    var isOptional = false
  }

  enum ColumnType: Sendable {
    case text, int, bool
  }

  /// All tables, in an order in which no row precedes the one that it refers to.
  static let all = [
    MovedTable(
      name: "sessions", noun: "conversation",
      columns: [
        .text("key"), .int("generation"), .int("started_at"), .int("last_at"), .int("turns"), .int("cuts"),
      ], keyCount: 1,
      insert: """
        INSERT INTO sessions (key, generation, started_at, last_at, turns, cuts)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "exchanges", noun: "exchange",
      columns: [
        .int("id"), .int("place"), .text("session"), .text("post"), .text("root"), .text("user"), .text("speaker"),
        .text("agent"), .text("message"), .text("files"), .text("more"),
        Column(name: "answer", type: .text, isOptional: true), .text("outcome"), .int("at"), .int("asked_at"),
        Column(name: "failed_at", type: .int, isOptional: true),
      ], keyCount: 1,
      insert: """
        INSERT INTO exchanges (id, place, session, post, root, author, speaker, agent, message, files, more, answer,
          outcome, at, asked_at, failed_at)
        SELECT id, place, session, post, root, author, speaker, agent, message, files, more,
          CASE WHEN is_answered THEN answer END, outcome, at, asked_at, CASE WHEN has_failed THEN failed_at END
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
          $9::text[], $10::text[], $11::text[], $12::boolean[], $13::text[], $14::text[], $15::bigint[], $16::bigint[],
          $17::boolean[], $18::bigint[])
          AS row (id, place, session, post, root, author, speaker, agent, message, files, more, is_answered, answer,
            outcome, at, asked_at, has_failed, failed_at)
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "exchange_posts", noun: "post", plural: "posts of exchanges",
      columns: [.int("exchange"), .text("post"), .text("root"), .text("channel"), .text("files")], keyCount: 2,
      insert: """
        INSERT INTO exchange_posts (exchange, post, root, channel, files)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "usage", noun: "sum of tokens", plural: "sums of tokens",
      columns: [
        .text("session"), .int("generation"), .int("turns"), .int("reported"), .int("input"), .int("output"),
      ], keyCount: 2,
      insert: """
        INSERT INTO usage (session, generation, turns, reported, input, output)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "costs", noun: "sum of costs", plural: "sums of costs",
      columns: [.text("session"), .int("generation"), .text("currency"), .int("millionths")], keyCount: 3,
      insert: """
        INSERT INTO costs (session, generation, currency, millionths)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "agent_notes", noun: "note of an agent", plural: "notes of agents",
      columns: [.text("session"), .text("agent"), .int("generation"), .text("note")], keyCount: 2,
      insert: """
        INSERT INTO agent_notes (session, agent, generation, note)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "waiting", noun: "waiting message",
      columns: [
        .text("post"), .int("place"), .text("session"), .text("payload"), .text("root"), .bool("begun"), .int("at"),
      ], keyCount: 1,
      insert: """
        INSERT INTO waiting (post, place, session, payload, root, begun, at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::bigint[])
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "outbox", noun: "reply to post", plural: "replies to post",
      columns: [
        .text("reply"), .int("place"), Column(name: "message", type: .text, isOptional: true), .text("payload"),
        .text("text"), .text("files"), .bool("is_failure"), .int("parts"),
      ], keyCount: 1,
      insert: """
        INSERT INTO outbox (reply, place, message, payload, text, files, is_failure, parts)
        SELECT reply, place, CASE WHEN is_to_message THEN message END, payload, text, files, is_failure, parts
        FROM unnest($1::text[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::boolean[], $9::bigint[])
          AS row (reply, place, is_to_message, message, payload, text, files, is_failure, parts)
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "claims", noun: "claim", columns: [.text("post"), .int("claimed_at"), .bool("done")], keyCount: 1,
      insert: """
        INSERT INTO claims (post, claimed_at, done, attempt)
        SELECT post, claimed_at, done, 0 FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS row (post, claimed_at, done)
        ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "threads", noun: "joined thread", columns: [.text("root"), .int("last_at")], keyCount: 1,
      insert: """
        INSERT INTO threads (root, last_at) SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING
        """),
    MovedTable(
      name: "cursors", noun: "channel's position", plural: "channels' positions",
      columns: [.text("channel"), .text("post"), .int("create_at")], keyCount: 1,
      insert: """
        INSERT INTO cursors (channel, post, create_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
        """),
  ]
}

extension MovedTable.Column {
  fileprivate static func text(_ name: String) -> Self { Self(name: name, type: .text) }
  fileprivate static func int(_ name: String) -> Self { Self(name: name, type: .int) }
  fileprivate static func bool(_ name: String) -> Self { Self(name: name, type: .bool) }
}

/// Some rows of a table.
struct MovedRows: Sendable {
  let count: Int
  /// The parameters of `MovedTable.insert`.
  let parameters: [PostgresValue]
  /// The key of the last one.
  let lastKey: [DatabaseValue]
}

extension MovedTable {
  /// Returns the next rows after a key, in the order of their keys, or `nil` if there are none.
  func rows(after key: [DatabaseValue], in db: Database) throws -> MovedRows? {
    let names = columns.map { "\"\($0.name)\"" }
    let keyNames = names.prefix(keyCount).joined(separator: ", ")
    let marks = Array(repeating: "?", count: key.count).joined(separator: ", ")
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT \(names.joined(separator: ", ")) FROM \(name) \(key.isEmpty ? "" : "WHERE (\(keyNames)) > (\(marks))")
        ORDER BY \(keyNames) LIMIT \(Limits.databaseTextsMax)
        """, arguments: StatementArguments(key))
    guard let last = rows.last else { return nil }
    return MovedRows(
      count: rows.count, parameters: parameters(rows), lastKey: columns.prefix(keyCount).map { last[$0.name] })
  }

  private func parameters(_ rows: [Row]) -> [PostgresValue] {
    columns.flatMap { column -> [PostgresValue] in
      let values: PostgresValue =
        switch column.type {
        case .text: .texts(rows.map { $0[column.name] as String? ?? "" })
        case .int: .ints(rows.map { $0[column.name] as Int64? ?? 0 })
        case .bool: .bools(rows.map { $0[column.name] as Bool? ?? false })
        }
      guard column.isOptional else { return [values] }
      return [.bools(rows.map { ($0[column.name] as DatabaseValue) != .null }), values]
    }
  }
}
