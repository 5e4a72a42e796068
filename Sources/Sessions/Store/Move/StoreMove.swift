import Core
import GRDB
import Glibc
package import Logging
package import PostgreSQL

/// Copies a store from its SQLite file into an empty database, and puts the file aside: a gateway that used it again would
/// answer what was answered since.
///
/// The rows are written in many transactions. From the first to the last of them, the database is marked as being moved
/// into: no gateway uses it then, and a move that was interrupted starts over.
package struct StoreMove: Sendable {
  private let path: String
  private let address: PostgresAddress
  private let member: MemberDescription
  private let logger: Logger

  package init(from path: String, to address: PostgresAddress, member: MemberDescription, logger: Logger) {
    self.path = path
    self.address = address
    self.member = member
    self.logger = logger
  }

  /// What was moved.
  package struct Report: Sendable {
    /// The number of rows of each table, with their noun, such as `3 exchanges`; tables without any are left out.
    package fileprivate(set) var counts: [String] = []
    /// The new path of the SQLite file.
    package fileprivate(set) var oldStore: String
  }

  /// Copies everything. No gateway may run on either store meanwhile.
  ///
  /// - Throws: `StoreError` if one runs, if the database has data of its own, or if either store fails; the file stays
  ///   where it is then.
  package func run() async throws(StoreError) -> Report {
    guard access(path, F_OK) == 0 else { throw StoreError(.missing, path: path) }
    let source = try SQLiteStore(path: path, logger: logger)
    let counts: [String]
    do throws(StoreError) {
      counts = try await copy(source)
    } catch {
      await source.close()
      throw error
    }
    let oldStore = unusedPath()
    try await source.close(renamingTo: oldStore)
    return Report(counts: counts, oldStore: oldStore)
  }

  private func copy(_ source: SQLiteStore) async throws(StoreError) -> [String] {
    let target = try await PostgresStore(address, bot: nil, member: member, logger: logger)
    let result: Result<[String], StoreError>
    do throws(StoreError) {
      try await target.joinAlone()
      result = .success(try await copy(source, target))
    } catch {
      result = .failure(error)
    }
    await target.close()
    return try result.get()
  }

  private func copy(_ source: SQLiteStore, _ target: PostgresStore) async throws(StoreError) -> [String] {
    guard try await target.beginMove() else { throw StoreError(.notEmpty, address) }
    var counts: [String] = []
    for table in MovedTable.all {
      var (count, key): (Int, [DatabaseValue]) = (0, [])
      while let rows = try await source.rows(of: table, after: key) {
        try await target.write(PostgresBatch { $0.add(table.insert, rows.parameters) })
        count += rows.count
        key = rows.lastKey
      }
      if count > 0 { counts.append(count.counted(table.noun, plural: table.plural)) }
    }
    try await target.finishMove(began: source.beganAt(), places: source.nextPlace())
    return counts
  }

  /// Returns a path beside the file that is free.
  private func unusedPath() -> String {
    var (moved, number) = (path + ".moved", 1)
    while access(moved, F_OK) == 0 {
      number += 1
      moved = "\(path).moved-\(number)"
    }
    return moved
  }
}

extension SQLiteStore {
  fileprivate func rows(of table: MovedTable, after key: [DatabaseValue]) throws(StoreError) -> MovedRows? {
    try read { try table.rows(after: key, in: $0) }
  }

  /// When a gateway first ran with this store, in milliseconds; `nil` if none has.
  fileprivate func beganAt() throws(StoreError) -> Int64? {
    try read { try Int64.fetchOne($0, sql: "SELECT at FROM beginning") }
  }
}

extension PostgresStore {
  /// Returns true if no gateway has begun to use the database.
  package func isUnused() async throws(StoreError) -> Bool { try await read(Self.selectBeginning).isEmpty }

  /// Returns the error of a start with an unused database while there is a store in a file.
  package nonisolated func notMoved(_ file: String) -> StoreError {
    StoreError(.notMoved, link.address, detail: file)
  }

  private static let selectBeginning: PostgreSQL.Statement = "SELECT 1 FROM store WHERE began_at IS NOT NULL"

  /// Keeps gateways from using the database, and deletes what an interrupted move has left in it. Returns false if a
  /// gateway has used it already.
  fileprivate func beginMove() async throws(StoreError) -> Bool {
    guard try await isUnused() else { return false }
    try await write(PostgresBatch { for statement in Self.emptying { $0.add(statement) } })
    return true
  }

  private static let emptying: [PostgreSQL.Statement] = [
    "UPDATE store SET is_moving = true", "DELETE FROM sessions", "DELETE FROM exchanges", "DELETE FROM exchange_posts",
    "DELETE FROM usage", "DELETE FROM costs", "DELETE FROM agent_notes", "DELETE FROM waiting", "DELETE FROM outbox",
    "DELETE FROM claims", "DELETE FROM threads", "DELETE FROM cursors",
  ]

  /// Lets gateways use what was moved.
  fileprivate func finishMove(began: Int64?, places: Int64) async throws(StoreError) {
    try await write(
      PostgresBatch {
        $0.add(Self.continuePlaces, .int(places))
        $0.add(Self.endMove, PostgresValue(began))
      })
  }

  private static let continuePlaces: PostgreSQL.Statement = "SELECT setval('places', greatest($1, nextval('places')))"
  private static let endMove: PostgreSQL.Statement = "UPDATE store SET began_at = $1::bigint, is_moving = false"
}
