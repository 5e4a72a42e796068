package import ConfigLoader
package import Core
package import Logging
package import RuleEngine
import Synchronization

/// Records decisions and outcomes without delaying the gateway: entries are buffered, and one task writes them.
package struct Journal: Sendable {
  private let file: JournalWriter
  private let buffer: JournalBuffer
  private let teamNames: TeamNames
  private let onLoss: @Sendable (Int) -> Void
  private let logger: Logger

  /// Opens or creates the journal.
  ///
  /// - Parameters:
  ///   - policy: the policy until `use(_:)` replaces it.
  ///   - teamNames: the names of teams by their ids; events only have the ids.
  ///   - onLoss: called with the number of entries that could not be recorded.
  package init(
    path: String, policy: JournalPolicy = JournalPolicy(), teamNames: [TeamID: String] = [:],
    onLoss: @escaping @Sendable (Int) -> Void = { _ in }, logger: Logger
  ) throws(JournalError) {
    file = try JournalWriter(path: path, logger: logger)
    buffer = JournalBuffer(capacity: Limits.waitingMax, policy: policy)
    self.teamNames = TeamNames(teamNames)
    self.onLoss = onLoss
    self.logger = logger
  }

  /// Records an event and its decision. Posts of the bot and of the server, which reach no rule, are not recorded.
  ///
  /// - Parameters:
  ///   - decision: the decision of `rules`, or `nil` if they were not asked because the event answers an agent's
  ///     question.
  ///   - claim: the id for outcomes of the event, or `nil` if there will be none.
  package func record(_ event: Event, _ decision: Decision?, by rules: CompiledRules, claim: String? = nil) async {
    guard event.author != .own, event.author != .system, rules.ruleSet.journal.facts else { return }
    buffer.add(
      .event(
        JournalEntry(
          event: event, decision: decision, rules: rules, teamName: teamNames[event.team], claim: claim,
          milliseconds: now)))
  }

  /// Records an outcome of the newest event with a claim. It is dropped if that event was not recorded.
  package func record(_ outcome: EventOutcome, of claim: String) {
    buffer.add(.outcome(outcome, claim: claim, milliseconds: now))
  }

  /// Adds names of teams by their ids, or replaces them.
  package func updateTeamNames(_ names: [TeamID: String]) async { teamNames.merge(names) }

  /// Applies the policy of newer rules, and deletes at once what it does not retain.
  package func use(_ policy: JournalPolicy) async {
    buffer.use(policy)
    await prune()
  }

  /// Writes entries until `close()` and those that are buffered then, and deletes entries that are too old.
  package func run() async {
    await prune()
    await withTaskGroup { group in
      group.addTask {
        while (try? await Task.sleep(for: Limits.pruneInterval, clock: .preferred)) != nil { await prune() }
      }
      await writeAll()
      group.cancelAll()
    }
    do {
      try await file.close()
    } catch {
      logger.error("journal not closed", metadata: ["reason": "\(JournalError(error, path: file.path))"])
    }
  }

  private func writeAll() async {
    var unpruned = 0
    while let batch = await buffer.next() {
      if batch.dropped > 0 {
        onLoss(batch.dropped)
        logger.error(
          "decisions and outcomes not recorded: the disk of the journal is too slow",
          metadata: ["dropped": .stringConvertible(batch.dropped)])
      }
      do {
        try await file.append(batch.items)
      } catch {
        onLoss(batch.items.count)
        logger.error(
          "decisions and outcomes not recorded",
          metadata: [
            "count": .stringConvertible(batch.items.count), "reason": "\(JournalError(error, path: file.path))",
          ])
      }
      // A batch costs the disk little more than one entry.
      await buffer.pause(for: Limits.writePause)
      unpruned += batch.items.count
      if unpruned >= Limits.entriesBetweenPrunes {
        await prune()
        unpruned = 0
      }
    }
  }

  private func prune() async {
    do {
      try await file.prune(by: buffer.policy, now: now)
    } catch {
      logger.error("journal not pruned", metadata: ["reason": "\(JournalError(error, path: file.path))"])
    }
  }

  /// Milliseconds since 1970 (UTC).
  private var now: Int64 { Timestamp.now.milliseconds }

  /// Makes `run()` return when everything is written.
  package func close() { buffer.close() }
}

/// The names of teams by their ids. A lock, not an actor: every post needs one.
private final class TeamNames: Sendable {
  private let names: Mutex<[TeamID: String]>

  init(_ names: [TeamID: String]) {
    self.names = Mutex(names)
  }

  subscript(team: TeamID?) -> String? { team.flatMap { team in names.withLock { $0[team] } } }

  func merge(_ more: [TeamID: String]) { names.withLock { $0.merge(more) { $1 } } }
}
