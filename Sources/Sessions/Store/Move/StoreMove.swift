import Core
import GRDB
import Glibc
package import Logging
package import PostgreSQL

/// Copies a store from its SQLite file into an empty database, and puts the file aside: a gateway that used it again would
/// answer what was answered since.
///
/// The rows are written in many transactions. The database counts as empty until the last one, so that a move that was
/// interrupted can be begun again, and no gateway can begin with a part of the data.
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
    let target = try await PostgresStore(address, bot: nil, member: member, logger: logger)
    let counts: Result<[String], StoreError>
    do throws(StoreError) {
      try await target.join()
      counts = .success(try await copy(source, target))
    } catch {
      counts = .failure(error)
    }
    await source.close()
    await target.close()
    return Report(counts: try counts.get(), oldStore: try putAside())
  }

  private func copy(
    _ source: SQLiteStore, _ target: PostgresStore
  ) async throws(StoreError) -> [String] {
    guard try await target.isUnused() else { throw StoreError(.notEmpty, address) }
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

  /// Renames the SQLite file, and returns its new path.
  private func putAside() throws(StoreError) -> String {
    var (moved, number) = (path + ".moved", 1)
    while access(moved, F_OK) == 0 {
      number += 1
      moved = "\(path).moved-\(number)"
    }
    guard rename(path, moved) == 0 else { throw StoreFiles.failure(path) }
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
  fileprivate func isUnused() async throws(StoreError) -> Bool {
    try await read(Self.selectBeginning).isEmpty
  }

  private static let selectBeginning: PostgreSQL.Statement = "SELECT 1 FROM store WHERE began_at IS NOT NULL"

  /// Lets gateways use what was moved.
  fileprivate func finishMove(began: Int64?, places: Int64) async throws(StoreError) {
    try await write(
      PostgresBatch {
        $0.add(Self.continuePlaces, .int(places))
        $0.add(Self.setBeginning, PostgresValue(began))
      })
  }

  private static let continuePlaces: PostgreSQL.Statement = "SELECT setval('places', $1)"
  private static let setBeginning: PostgreSQL.Statement = "UPDATE store SET began_at = $1::bigint"
}
