import GRDB
import TestSupport

@testable import Sessions

extension SQLiteStore {
  /// Opens a store whose last migration was an older one.
  ///
  /// - Parameter content: inserts the rows that the older version had left.
  static func upgraded(
    from migration: String, in folder: TemporaryFolder, _ content: (Database) throws -> Void
  ) throws -> SQLiteStore {
    let path = folder.path("old.sqlite")
    let old = try DatabaseQueue(path: path)
    try StoreSchema.migrator.migrate(old, upTo: migration)
    try old.write(content)
    try old.close()
    return try SQLiteStore(path: path, logger: .silent)
  }
}

extension SQLiteStore {
  /// Returns the number of rows in a table.
  func count(of table: String) throws -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } ?? 0
  }
}
