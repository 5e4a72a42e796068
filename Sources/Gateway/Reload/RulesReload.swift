import Agents
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import Journal
import Logging
import MattermostIO
import RuleEngine
import ServerLookup
import Sessions

/// Replaces the rules of a running gateway: one load at a time, while messages go on.
struct RulesReload: Sendable {
  let source: RulesSource
  let client: MattermostClient
  let resolver: NameResolver
  let agents: AgentFactory
  let registry: SessionRegistry
  let store: any SessionStore
  let ingest: Ingest
  let journal: Journal?
  let state: RulesState
  let hooks: HookRunner
  let metrics: GatewayMetrics?
  let status: ServiceStatus
  let logger: Logger

  /// Loads the rules after each change of the file and each request, until the task is cancelled.
  func run() async {
    // Several reasons during one load are one reason for the next.
    let pause = WakeableSleep()
    await withDiscardingTaskGroup { group in
      group.addTask {
        await source.watcher.run { problem in
          logger.log(
            level: problem.isFolderMissing ? .info : .warning,
            "polling the rules file every few seconds",
            metadata: [
              "file": "\(source.watcher.path)", "reason": "the kernel does not report changes: \(problem)",
            ])
        } changed: {
          pause.wake()
        }
      }
      group.addTask { for await _ in source.requests { pause.wake() } }
      group.addTask {
        var retryDelay: Duration?
        while true {
          await pause.sleep(for: retryDelay)
          if Task.isCancelled { return }
          retryDelay =
            await mustRetry() ? min((retryDelay ?? Limits.reloadPauseFirst / 2) * 2, Limits.reloadPauseMax) : nil
        }
      }
    }
  }

  /// Loads the newest rules, and reports the result.
  ///
  /// - Returns: Whether to try again later without another reason.
  private func mustRetry() async -> Bool {
    status.beginReload()
    do throws(RulesRejection) {
      try await activate(try await source.newest(replacing: await state.active.name).get())
      status.endReload(refused: nil)
      return false
    } catch {
      status.endReload(refused: error.name)
      // Interrupted by the end of the gateway: not an error.
      guard !Task.isCancelled else { return false }
      let isNew = await state.reject(error)
      // Retries report a reason once.
      if isNew || !error.isTransient {
        metrics?.recordReload(.refused)
        await reporter.report(error)
      }
      return error.isTransient
    }
  }

  private func activate(_ newest: ValidatedRules) async throws(RulesRejection) {
    let resolved: ResolvedRules
    do throws(RulesResolutionError) {
      resolved = try await ResolvedRules(newest.ruleSet, client, resolver)
    } catch {
      throw RulesRejection(newest.name, error)
    }
    // Agents first: an event that the new rules decide must find the agent that they name.
    registry.use(agents: agents.agents(for: newest.ruleSet.agents), turns: newest.ruleSet.turns)
    let names = await ingest.activate(resolved)
    metrics?.recordReload(.loaded)
    let old = await state.active
    await state.activate(ActiveRules(newest, warnings: resolved.names.warnings))
    await announce()
    await resolver.pin(names, renamed: resolved.names.renamed)
    await journal?.use(newest.ruleSet.journal)
    source.store(newest, logger)
    hooks.notify(HookEvent(.rulesReload, ["file": .string(newest.name)]))
    reporter.report(newest, resolved.names.warnings, insteadOf: old)
  }

  /// Puts the rules in force for other gateways, too. If that fails, the next reload does it.
  private func announce() async {
    guard await !state.isAnnounced else { return }
    do throws(StoreError) {
      let fingerprint = await state.active.fingerprint
      try await store.use(rules: fingerprint)
      await state.recordAnnounced(fingerprint)
    } catch {
      logger.error("other gateways not told of the rules", metadata: ["reason": "\(error)"])
    }
  }

  private var reporter: RulesReporter { RulesReporter(show: source.show, state: state, logger: logger) }
}
