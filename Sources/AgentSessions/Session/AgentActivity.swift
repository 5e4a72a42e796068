import Core

/// What an agent does beside writing, as people see it: line by line while it works, folded to one line when it is done.
///
/// The agent's words are shown as code or as mere text: they ring nobody, and load nothing.
struct AgentActivity: Equatable {
  private var steps: [AgentStep] = []
  /// How many more steps there were, of which only their ends are known any more.
  private var forgotten: [AgentStep.State: Int] = [:]
  /// The ids of those of them that have not ended yet.
  private var awaited: Set<String> = []
  private var plan: [AgentPlanEntry] = []
  private var thought = ""

  /// Whether there is anything to show.
  var isEmpty: Bool { steps.isEmpty && plan.isEmpty }

  /// Takes a step, or how one goes that is known.
  mutating func take(_ step: AgentStep) {
    thought = ""
    if let index = steps.lastIndex(where: { $0.id == step.id }) {
      steps[index] = step
      return
    }
    if awaited.contains(step.id) {
      guard step.state != .running else { return }
      awaited.remove(step.id)
      forgotten[.running, default: 0] -= 1
      forgotten[step.state, default: 0] += 1
      return
    }
    steps.append(step)
    guard steps.count > Limits.workStepsMax else { return }
    let earliest = steps.removeFirst()
    forgotten[earliest.state, default: 0] += 1
    if earliest.state == .running, awaited.count < Limits.workStepsAwaitedMax { awaited.insert(earliest.id) }
  }

  /// Takes the plan in the place of the one before.
  mutating func take(_ plan: [AgentPlanEntry]) { self.plan = plan }

  /// Takes some of what the agent thinks: people see the newest of it while nothing else happens.
  mutating func take(thought more: String) {
    thought = String((thought + more).unicodeScalars.suffix(Limits.thoughtScalarsShown * 2))
  }

  /// The agent has written: what it thought before is over.
  mutating func hasWritten() { thought = "" }

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

  /// What stays of it in the finished answer: the plan as a list, and a line on the steps; `nil` if there is nothing to say.
  var summary: String? {
    let parts = [planLines.joined(separator: "\n"), stepsLine ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  /// How many steps there were, and how they ended: (12 steps: 10 ✓, 1 ✗ `npm test`, 1 not finished).
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
