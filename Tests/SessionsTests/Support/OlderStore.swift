import GRDB
import TestSupport

@testable import Sessions

extension SessionStore {
  /// Opens a store whose last migration was an older one.
  ///
  /// - Parameter content: inserts the rows that the older version had left.
  static func upgraded(
    from migration: String, in folder: TemporaryFolder, _ content: (Database) throws -> Void
  ) throws -> SessionStore {
    let path = folder.path("old.sqlite")
    let old = try DatabaseQueue(path: path)
    try StoreSchema.migrator.migrate(old, upTo: migration)
    try old.write(content)
    try old.close()
    return try SessionStore(path: path, logger: .silent)
  }
}
