import Agents
import Core

/// An agent's steps, plan and thoughts, as people see them: line by line while it works, one line when it is done.
///
/// The agent's words are shown as code or escaped: they mention no one and load nothing.
struct AgentActivity: Equatable {
  private var steps: [AgentStep] = []
  /// The number of earlier steps by the state in which they ended; their titles are forgotten.
  private var forgotten: [AgentStep.State: Int] = [:]
  /// The ids of forgotten steps that have not ended yet.
  private var unfinished: Set<String> = []
  private var plan: [AgentPlanEntry] = []
  private var thought = ""

  var isEmpty: Bool { steps.isEmpty && plan.isEmpty }

  /// Adds a step, or updates the one with its id.
  mutating func update(_ step: AgentStep) {
    thought = ""
    if let index = steps.lastIndex(where: { $0.id == step.id }) {
      steps[index] = step
      return
    }
    if unfinished.contains(step.id) {
      guard step.state != .running else { return }
      unfinished.remove(step.id)
      forgotten[.running, default: 0] -= 1
      forgotten[step.state, default: 0] += 1
      return
    }
    steps.append(step)
    guard steps.count > Limits.workStepsMax else { return }
    let earliest = steps.removeFirst()
    forgotten[earliest.state, default: 0] += 1
    if earliest.state == .running, unfinished.count < Limits.workStepsAwaitedMax { unfinished.insert(earliest.id) }
  }

  mutating func replace(_ plan: [AgentPlanEntry]) { self.plan = plan }

  /// Appends to the agent's thought. People see its end while nothing else happens.
  mutating func append(thought more: String) {
    thought = String((thought + more).unicodeScalars.suffix(Limits.thoughtScalarsShown * 2))
  }

  /// Drops the thought: the agent writes.
  mutating func startWriting() { thought = "" }

  /// The lines to show while the agent works, the most important last; empty if there is nothing to show.
  var lines: [String] {
    var lines = planLines
    let shown = steps.suffix(Limits.workStepsShown)
    let hidden = count - shown.count
    if hidden > 0 { lines.append("(\(hidden.counted("earlier step")))") }
    lines += shown.map(Self.line)
    let thinking = String(thought.unicodeScalars.suffix(Limits.thoughtScalarsShown))
      .singleLine(atMost: Limits.thoughtScalarsShown)
    if !thinking.isEmpty { lines.append("… \(thinking.escapedMarkdown(after: "… "))") }
    return lines
  }

  /// The summary for the finished answer: the plan as a list, and a line about the steps; `nil` if there is
  /// nothing to say.
  var summary: String? {
    let parts = [planLines.joined(separator: "\n"), stepsLine ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  /// The number of steps and how they ended: `(12 steps: 10 ✓, 1 ✗ npm test, 1 not finished)`; `nil` if there were
  /// none.
  var stepsLine: String? {
    guard count > 0 else { return nil }
    func number(_ state: AgentStep.State) -> Int { steps.count { $0.state == state } + (forgotten[state] ?? 0) }
    let failed = steps.filter { $0.state == .failed }.suffix(Limits.failedStepsShown).map {
      $0.title.codeSpan(atMost: Limits.stepScalarsShown)
    }
    let ends = [
      number(.done) > 0 ? "\(number(.done)) ✓" : nil,
      number(.failed) > 0 ? "\(number(.failed)) ✗" + (failed.isEmpty ? "" : " \(failed.joined(separator: ", "))") : nil,
      number(.running) > 0 ? "\(number(.running)) not finished" : nil,
    ]
    return "(\(count.counted("step")): \(ends.compactMap(\.self).joined(separator: ", ")))"
  }

  private var count: Int { steps.count + forgotten.values.reduce(0, +) }

  private var planLines: [String] {
    let left = plan.count - Limits.planEntriesShown
    return plan.prefix(Limits.planEntriesShown).map { entry in
      let mark =
        switch entry.state {
        case .pending: "○"
        case .inProgress: "▸"
        case .completed: "✓"
        }
      return "- \(mark) \(entry.text.singleLine(atMost: Limits.stepScalarsShown).escapedMarkdown(after: "\(mark) "))"
    } + (left > 0 ? ["- (and \(left) more)"] : [])
  }

  private static func line(_ step: AgentStep) -> String {
    let mark =
      switch step.state {
      case .running: "…"
      case .done: "✓"
      case .failed: "✗"
      }
    return "\(mark) \(step.title.codeSpan(atMost: Limits.stepScalarsShown))"
  }
}
