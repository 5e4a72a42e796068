package import FoundationEssentials
import GRDB
import Glibc
import Logging

/// Whether the store's files are where they belong.
package enum StoreCondition: Sendable, Equatable {
  /// They are as they were opened.
  case sound
  /// They were deleted and have been written again from what was open: nothing is lost.
  case restored(at: Date)
  /// They were deleted and cannot be written again, so nothing is taken in.
  case deleted(since: Date, StoreError)
  /// Another file lies in the store's place.
  case replaced(StoreError)
}

extension SessionStore {
  /// Looks whether the files are where they belong, and writes them again if they were deleted.
  ///
  /// - Returns: how it stands afterwards.
  @discardableResult
  package func check() -> StoreCondition {
    do {
      try requireFiles()
    } catch {
      logger.debug("store not in its place", metadata: ["reason": "\(error)"])
    }
    return condition
  }

  /// Writes the files again if they were deleted: an unlinked file takes whatever is written, until it is closed.
  ///
  /// - Throws: `.deleted` if they cannot be written, `.replaced` if others have taken their place.
  func requireFiles() throws(StoreError) {
    if case .replaced(let error) = condition { throw error }
    // Without the lock it is closed; with the lock alone, it could not be opened after it was written again.
    guard lock != nil, let change = database == nil ? .deleted : place?.change else { return }
    switch change {
    case .replaced: try giveWay()
    case .deleted: try restore()
    }
  }

  private func restore() throws(StoreError) {
    do {
      try writeFilesAgain()
    } catch {
      if error.code == .inUse { try giveWay() }
      let failure = StoreError(.deleted, path: path, detail: error.detail)
      if case .deleted = condition { throw failure }
      condition = .deleted(since: Date(), failure)
      logger.critical("\(failure)")
      throw failure
    }
    condition = .restored(at: Date())
    logger.critical(
      """
      the files of the store were deleted while the gateway runs; they have been written again, nothing is lost. \
      What else lay beside them (.env, rules.yaml, hooks) is yours to put back before the next start
      """, metadata: ["path": "\(path)"])
  }

  private func writeFilesAgain() throws(StoreError) {
    try StoreFiles.makeFolder(of: path)
    lock = try StoreLock.again(lock, path: path)
    if let database, place?.isDataThere != true {
      let copy = path + ".new"
      try writeCopy(of: database, to: copy)
      guard rename(copy, path) == 0 else { throw StoreFiles.failure(path) }
      // SQLite removes the log by its name when it closes, so the old one has to be closed before the new one is opened.
      closeDatabase()
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    }
    if database == nil { database = try Self.open(path) }
    place = StoreFileIdentities(path: path)
  }

  /// Saves what is open under another name and says where.
  private func giveWay() throws(StoreError) {
    let rescued = "\(path).\(Int(Date().timeIntervalSince1970))"
    let outcome: String
    do {
      if let database { try writeCopy(of: database, to: rescued) }
      outcome = "saved as `\(rescued)`"
    } catch {
      outcome = "not saved (\(error.detail))"
    }
    let failure = StoreError(.replaced, path: path, detail: outcome)
    condition = .replaced(failure)
    logger.critical("\(failure)")
    throw failure
  }

  /// Writes all that is in the store to a file of its owner's alone, and has it on the disk.
  private func writeCopy(of database: DatabaseQueue, to copy: String) throws(StoreError) {
    unlink(copy)
    let file = Glibc.open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreFiles.failure(copy) }
    defer { Glibc.close(file) }
    do {
      try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
    } catch {
      throw StoreError(error, path: copy)
    }
    guard fsync(file) == 0 else { throw StoreFiles.failure(copy) }
  }
}
