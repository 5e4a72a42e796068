import Dispatch

/// Runs the store's actor on a queue of its own: SQLite blocks while the disk works, and the threads that the rest of
/// the program shares must not wait for it.
final class StoreExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "edgecrab.store")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
