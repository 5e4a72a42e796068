package import ConfigLoader
package import Core
import FoundationEssentials
package import Logging
package import RuleEngine
import Synchronization

/// Records decisions while the gateway runs, without making it wait: what comes is buffered and written by one task.
package struct Journal: Sendable {
  private let file: JournalWriter
  private let buffer: JournalBuffer
  private let teamNames: TeamNames
  private let logger: Logger

  /// Opens the journal's file.
  ///
  /// - Parameters:
  ///   - policy: what is kept, and for how long, until `use(_:)` says otherwise.
  ///   - teamNames: the names of teams by their ids, which events do not have.
  package init(
    path: String, policy: JournalPolicy = JournalPolicy(), teamNames: [String: String] = [:], logger: Logger
  ) throws(JournalError) {
    file = try JournalWriter(path: path, logger: logger)
    buffer = JournalBuffer(capacity: Limits.waitingMax, policy: policy)
    self.teamNames = TeamNames(teamNames)
    self.logger = logger
  }

  /// Takes in a decision of these rules. What never reaches a rule, the bot's own posts and the server's, is left out.
  ///
  /// - Parameters:
  ///   - decision: nil if rules were not asked, because the event answers an agent's question.
  ///   - claim: the id under which outcomes of it will be recorded; nil if nothing happens, so that there are none.
  package func record(_ event: Event, _ decision: Decision?, by rules: RuleSet, claim: String? = nil) async {
    guard event.author != .own, event.author != .system, rules.journal.facts else { return }
    buffer.add(
      .event(
        JournalEntry(
          event: event, decision: decision, rules: rules, teamName: teamNames[event.team], claim: claim,
          milliseconds: now)))
  }

  /// Takes in what came of the newest event with this claim. It is written with the decisions that wait, and is left out if
  /// there is no such event, because rules say that nothing is recorded.
  package func record(_ outcome: EventOutcome, of claim: String) {
    buffer.add(.outcome(outcome, claim: claim, milliseconds: now))
  }

  /// Takes in what teams are called.
  package func know(teams: [String: String]) async { teamNames.learn(teams) }

  /// Keeps events as other rules say from now on, and forgets at once what they do not keep.
  package func use(_ policy: JournalPolicy) async {
    buffer.use(policy)
    await prune()
  }

  /// Writes what comes until `close()` and what then still waits, and forgets what is too old.
  package func run() async {
    await prune()
    let pruning = Task {
      while (try? await Task.sleep(for: Limits.pruneInterval)) != nil { await prune() }
    }
    await writeAll()
    pruning.cancel()
    await pruning.value
    do {
      try await file.close()
    } catch {
      logger.error("journal not closed", metadata: ["reason": "\(JournalError(error, path: file.path))"])
    }
  }

  private func writeAll() async {
    var fingerprint = Fingerprint()
    var unpruned = 0
    while let batch = await buffer.next() {
      if batch.dropped > 0 {
        logger.error(
          "decisions and outcomes not recorded: the journal's disk does not keep up",
          metadata: ["dropped": "\(batch.dropped)"])
      }
      do {
        try await file.append(batch.items.map { $0.row(&fingerprint) })
      } catch {
        logger.error(
          "decisions and outcomes not recorded",
          metadata: ["count": "\(batch.items.count)", "reason": "\(JournalError(error, path: file.path))"])
      }
      // Many at once cost the disk little more than one.
      await buffer.rest(for: Limits.writePause)
      unpruned += batch.items.count
      if unpruned >= Limits.eventsBetweenPrunes {
        await prune()
        unpruned = 0
      }
    }
  }

  private func prune() async {
    do {
      try await file.prune(by: buffer.policy, now: now)
    } catch is CancellationError {
      // The gateway ends; the next one prunes when it starts.
    } catch {
      logger.error("journal not pruned", metadata: ["reason": "\(JournalError(error, path: file.path))"])
    }
  }

  /// Milliseconds since 1970 (UTC).
  private var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  /// Lets `run()` end when everything is written.
  package func close() { buffer.close() }
}

/// The fingerprint of the rule set that was asked for last: they change seldom, and the same one compares at once.
private struct Fingerprint {
  private var known: (rules: RuleSet, text: String)?

  mutating func of(_ rules: RuleSet) -> String {
    if let known, known.rules == rules { return known.text }
    let text = rules.fingerprint
    known = (rules, text)
    return text
  }
}

extension JournalItem {
  /// The row to write.
  fileprivate func row(_ fingerprint: inout Fingerprint) -> JournalRow {
    switch self {
    case .event(let entry):
      .event(entry.line(fingerprint: fingerprint.of(entry.rules)), claim: entry.claim, milliseconds: entry.milliseconds)
    case .outcome(let outcome, let claim, let milliseconds): .outcome(outcome, claim: claim, milliseconds: milliseconds)
    }
  }
}

/// What teams are called, by their ids. Every post asks for one: nobody waits for it.
private final class TeamNames: Sendable {
  private let names: Mutex<[String: String]>

  init(_ names: [String: String]) {
    self.names = Mutex(names)
  }

  subscript(team: String) -> String? { team.isEmpty ? nil : names.withLock { $0[team] } }

  func learn(_ more: [String: String]) { names.withLock { $0.merge(more) { $1 } } }
}
