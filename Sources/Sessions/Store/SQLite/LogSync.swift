import Core
import Glibc
import Synchronization

/// Has the store's write-ahead log written to the disk, away from the thread that changes the store.
///
/// SQLite would wait for the disk within the transaction, and with it everyone else who needs the store. Here a
/// transaction is over as soon as the system has it, and only those wait who need it on the disk; a write to the disk
/// counts for all transactions before it.
actor LogSync {
  private let executor = QueueExecutor(label: "edgecrab.store.disk")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let path: String
  private let log: Int32
  /// The number of the newest transaction that someone waits for.
  private nonisolated let counted = Atomic(0)
  /// The number of the newest one that is on the disk.
  private var synced = 0
  private var failure: StoreError?

  /// Opens the log of the store at `path`, which exists.
  init(store path: String) throws(StoreError) {
    // Closing it releases no lock: SQLite locks the store's file, not its log.
    let log = open(path + "-wal", O_RDONLY | O_CLOEXEC)
    guard log >= 0 else { throw StoreFiles.failure(path) }
    self.path = path
    self.log = log
  }

  deinit { close(log) }

  /// Counts a transaction that is over, and returns its number.
  nonisolated func count() -> Int { counted.add(1, ordering: .sequentiallyConsistent).newValue }

  /// Returns when a transaction is on the disk, with all those before it.
  ///
  /// - Throws: `StoreError` if it may not be, and from then on always: the system reports a failed write once, and
  ///   forgets it.
  func wait(for transaction: Int) throws(StoreError) {
    if let failure { throw failure }
    guard synced < transaction else { return }
    let newest = counted.load(ordering: .sequentiallyConsistent)
    guard fdatasync(log) == 0 else {
      let failure = StoreFiles.failure(path)
      self.failure = failure
      throw failure
    }
    synced = newest
  }
}
