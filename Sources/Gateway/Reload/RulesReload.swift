import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import Journal
import Logging
import MattermostIO
import RuleEngine

/// Takes over newer rules while the gateway runs: one load at a time, beside the way of messages.
struct RulesReload: Sendable {
  let supply: RulesSource
  let client: MattermostClient
  let keeper: NameResolver
  let agents: AgentFactory
  let registry: SessionRegistry
  let intake: Ingest
  let journal: Journal?
  let state: RulesState
  let hooks: HookRunner
  let logger: Logger

  /// Loads whenever the file changes or somebody asks for it, until the task is cancelled.
  func run() async {
    // However many reasons come while one is worked on, they are one reason to load the newest.
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask {
        await supply.watch.run { problem in
          logger.log(
            level: problem.isFolderMissing ? .info : .warning,
            "looking at the rules file every few seconds", metadata: RulesTexts.unwatched(supply.watch.path, problem))
        } changed: {
          wake.yield()
        }
      }
      group.addTask { for await _ in supply.requests { wake.yield() } }
      group.addTask {
        var again: Task<Void, any Error>?
        var pause = Limits.reloadPauseFirst
        for await _ in wakes {
          again?.cancel()
          guard await mustRepeat() else {
            pause = Limits.reloadPauseFirst
            continue
          }
          again = Task { [pause] in
            try await Task.sleep(for: pause)
            wake.yield()
          }
          pause = min(pause * 2, Limits.reloadPauseMax)
        }
        again?.cancel()
      }
    }
  }

  /// Takes the newest rules over or says why not; tells whether to try again without being asked to.
  private func mustRepeat() async -> Bool {
    do throws(RulesRejection) {
      try await takeOver(try supply.load())
      return false
    } catch {
      // What could not be finished because the gateway ends is nobody's fault.
      guard !Task.isCancelled else { return false }
      let inForce = await state.inForce
      let isNews = await state.refuse(error)
      // What is tried again without being asked to is told once.
      if isNews || !error.isPassing {
        if let tell = supply.tell {
          tell(RulesTexts.refused(error, inForce: inForce))
        } else {
          logger.error("rules refused", metadata: RulesTexts.facts(of: error, inForce))
        }
      }
      return error.isPassing
    }
  }

  private func takeOver(_ newest: ValidatedRules) async throws(RulesRejection) {
    let old = await state.inForce
    // Without its file, whoever it keeps out would be let in.
    if old.name == supply.watch.path, newest.name != old.name {
      throw RulesRejection(gone: old.name, RulesTexts.gone(old.name))
    }
    let ready: ResolvedRules
    do throws(GatewayError) {
      ready = try await ResolvedRules(newest.ruleSet, client, keeper)
    } catch {
      throw RulesRejection(newest.name, error)
    }
    // The agents first: an event that the new rules decide finds the agent that they name.
    await registry.use(agents: agents.agents(for: newest.ruleSet.agents), turns: newest.ruleSet.turns)
    let names = await intake.use(ready)
    let inForce = ActiveRules(newest, names: ready.names.warnings)
    await state.takeOver(inForce)
    await keeper.use(names, moved: ready.names.moved)
    await journal?.use(newest.ruleSet.journal)
    supply.keep(newest, logger)
    hooks.note(HookEvent(.rulesReload, ["file": .string(newest.name)]))
    let news = RulesTexts.takenOver(newest, from: old)
    // What was told of the rules before is not told again at each reload.
    let findings = newest.loaded.diagnostics.filter { !old.warnings.contains($0.told) }
    let warnings = (newest.news.lines + ready.names.warnings).filter { !old.warnings.contains($0) }
    // Of those on names, `rules check` shows none.
    let standing = newest.loaded.diagnostics.count { old.warnings.contains($0.told) }
    if let tell = supply.tell {
      let report = findings.isEmpty ? "" : newest.loaded.source.report(findings)
      tell(ReloadMessage(report: report, lines: [news + RulesTexts.standing(standing)] + warnings))
    } else {
      logger.notice("rules taken over", metadata: RulesTexts.facts(of: newest, news, findings, warnings, standing))
    }
  }
}

extension RulesSource {
  /// Keeps a copy of good rules, unless they are edgecrab's own or themselves the copy.
  func keep(_ rules: ValidatedRules, _ logger: Logger) {
    guard let lastGood, rules.name == watch.path, rules.lastGood == nil else { return }
    do throws(LastGoodRulesError) {
      try lastGood.keep(rules.loaded, at: Date())
    } catch {
      logger.warning("last good rules not kept", metadata: ["reason": "\(error)"])
    }
  }
}

extension RulesRejection {
  fileprivate init(_ name: String, _ error: GatewayError) {
    switch error {
    case .mattermost: self.init(name, .serverSilent("\(error)"))
    case .rules, .store, .health, .names: self.init(name, .expression("\(error)"))
    }
  }
}
