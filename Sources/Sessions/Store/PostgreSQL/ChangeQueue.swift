import Core
import PostgreSQL

/// Makes the changes of a store, all that wait at the same time in one transaction: a connection commits one transaction
/// after the other, each of which waits for the disk.
///
/// A change is still made as a whole or not at all, and repeating it has no further effect. If the database refuses a
/// transaction, each of its changes is made in one of its own, so that none suffers for another.
actor ChangeQueue {
  private struct Change {
    let batch: PostgresBatch
    let needsDisk: Bool
    let outcome: CheckedContinuation<Result<[[PostgresRow]], StoreError>, Never>
  }

  private let link: PostgresLink
  private let membership: Membership
  private var waiting: [Change] = []
  private var isRunning = false

  init(_ link: PostgresLink, _ membership: Membership) {
    self.link = link
    self.membership = membership
  }

  /// Makes a change, behind the fence, and returns the rows of each statement.
  ///
  /// - Parameter needsDisk: false if it may be lost in a crash of the database.
  func run(_ batch: PostgresBatch, needsDisk: Bool) async throws(StoreError) -> [[PostgresRow]] {
    let outcome = await withCheckedContinuation { outcome in
      waiting.append(Change(batch: batch, needsDisk: needsDisk, outcome: outcome))
      guard !isRunning else { return }
      isRunning = true
      Task(executorPreference: Task.preferredExecutor) { await self.runAll() }
    }
    return try outcome.get()
  }

  private func runAll() async {
    while !waiting.isEmpty {
      let group = Array(waiting.prefix(Limits.changesAtOnceMax))
      waiting.removeFirst(group.count)
      await run(group)
    }
    isRunning = false
  }

  private func run(_ group: [Change]) async {
    do throws(StoreError) {
      var results = try await rows(of: group)[...]
      for change in group {
        change.outcome.resume(returning: .success(Array(results.prefix(change.batch.count))))
        results = results.dropFirst(change.batch.count)
      }
    } catch {
      if group.count > 1, error.isOfOneChange {
        for change in group { await run([change]) }
      } else {
        for change in group { change.outcome.resume(returning: .failure(error)) }
      }
    }
  }

  /// Makes changes in one transaction, and returns the rows of all statements.
  private func rows(of group: [Change]) async throws(StoreError) -> [[PostgresRow]] {
    var batch = try membership.fence()
    if !group.contains(where: \.needsDisk) { batch.add(Self.commitWithoutDisk) }
    let first = batch.count
    for change in group { batch.add(change.batch) }
    do throws(StoreError) {
      return Array(try await link.run(batch, while: { [membership] in membership.mayWait }).dropFirst(first))
    } catch {
      throw membership.explain(error)
    }
  }

  private static let commitWithoutDisk: Statement = "SELECT set_config('synchronous_commit', 'off', true)"
}

extension StoreError {
  /// True if the database may have refused one change of several, and would make the others.
  fileprivate var isOfOneChange: Bool { ![.closed, .unreachable, .takenOver, .leaseOver].contains(code) }
}
