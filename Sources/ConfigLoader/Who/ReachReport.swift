import Core
package import RuleEngine

/// Who and what can reach an agent, as a person or a program reads it.
package struct ReachReport: Sendable {
  let rules: RuleSet
  let reach: AgentReach
  /// For each way, a message that goes it, where one could be written.
  let examples: [Event?]
  /// Whether the time may matter, so that examples say it.
  let asksTime: Bool

  /// The name by which examples call the bot.
  var bot: String { rules.bot ?? GivenEvent.botName }

  /// The forms that a report has.
  package enum Format: String, Sendable, CaseIterable {
    case human, json
  }

  /// Finds out.
  /// - Throws: what is wrong with a regular expression, or that there is no such agent.
  package init(agent: String, in rules: RuleSet) throws(ReachError) {
    guard rules.agents.contains(where: { $0.name == agent }) else {
      throw .noAgent(agent, known: rules.agents.map(\.name))
    }
    let analysis = RuleAnalysis(rules)
    let reach = analysis.reach(ofAgent: agent)
    do throws(RuleSetError) {
      let writer = try Examples(of: analysis, botName: rules.bot ?? GivenEvent.botName)
      examples = reach.ways.map { way in
        way.situation.flatMap { situation in
          writer.event(situation, comingTo: way.rule) { decision in
            guard let command = way.command else { return decision.outcome == .ask(agent: agent) }
            if case .run(command, _) = decision.outcome { return true }
            return false
          }
        }
      }
    } catch {
      throw .rules(error)
    }
    self.rules = rules
    self.reach = reach
    asksTime = rules.rules.contains { $0.when.asksTime }
  }
}

extension Condition {
  fileprivate var asksTime: Bool { time != nil || (not + any).contains(where: \.asksTime) }
}

/// Why it cannot be told who reaches an agent.
package enum ReachError: Error, Sendable, Equatable {
  /// The file declares no agent of that name.
  case noAgent(String, known: [String])
  /// The rules cannot be compiled.
  case rules(RuleSetError)
}
