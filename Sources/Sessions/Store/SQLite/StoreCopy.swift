import FoundationEssentials
import GRDB
import Glibc

/// Copies of the store's file: of one that no gateway uses, and of one that is to be put in its place.
package enum StoreCopy {
  /// Copies the store at `path` while no gateway uses it. The copy is readable only by its owner, and on the disk.
  ///
  /// - Throws: `StoreError` with the code `.inUse` if a gateway has it open.
  package static func make(of path: String, to copy: String) throws(StoreError) {
    let lock = try StoreLock(path: path)
    defer { withExtendedLifetime(lock) {} }
    let database = try open(path, configuration)
    try write(database, to: copy)
    try close(database, path)
  }

  /// Checks that a file, which anyone may have written, is a whole store that this version can open.
  package static func check(_ path: String) throws(StoreError) {
    var configuration = Self.configuration
    configuration.readonly = true
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
    let database = try open(path, configuration)
    do {
      if try database.read(StoreSchema.migrator.hasBeenSuperseded) { throw StoreError(.newer, path: path) }
      // Before the rest, which evaluates expressions of the schema.
      guard try StoreSchema.matches(database) else {
        throw StoreError(.corrupt, path: path, detail: "its tables are not those of a store")
      }
      let findings = try database.unsafeRead { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
      guard findings == ["ok"] else { throw StoreError(.corrupt, path: path, detail: findings.first ?? "no result") }
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error, path: path)
    }
    try close(database, path)
  }

  /// Writes all of an open store to a new file that only its owner may read, without what was deleted, and has it on the
  /// disk.
  static func write(_ database: DatabaseQueue, to copy: String) throws(StoreError) {
    unlink(copy)
    let file = Glibc.open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreFiles.failure(copy) }
    defer { Glibc.close(file) }
    do {
      try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
    } catch {
      unlink(copy)
      throw StoreError(error, path: copy)
    }
    guard fsync(file) == 0 else { throw StoreFiles.failure(copy) }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "edgecrab.copy"
    configuration.busyMode = .timeout(Limits.storeBusySeconds)
    return configuration
  }

  private static func open(_ path: String, _ configuration: Configuration) throws(StoreError) -> DatabaseQueue {
    guard access(path, F_OK) == 0 else { throw StoreFiles.failure(path) }
    do {
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  private static func close(_ database: DatabaseQueue, _ path: String) throws(StoreError) {
    do {
      try database.close()
    } catch {
      throw StoreError(error, path: path)
    }
  }
}

/// The right to put another store in the place of the one at a path, as long as the object exists: no gateway uses it.
package final class StoreReservation: Sendable {
  private let lock: StoreLock

  /// - Throws: `StoreError` with the code `.inUse` if a gateway has it open.
  package init(path: String) throws(StoreError) {
    try StoreFiles.makeFolder(of: path)
    lock = try StoreLock(path: path)
  }
}
