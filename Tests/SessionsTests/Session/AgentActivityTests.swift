import Agents
import Core
import Testing

@testable import Sessions

@Suite struct AgentActivityTests {
  private func step(_ id: Int, _ state: AgentStep.State) -> AgentStep {
    AgentStep(id: "\(id)", title: "s\(id)", state: state)
  }

  @Test func `a step that is no longer listed is counted once when it ends`() {
    var activity = AgentActivity()
    for id in 0...Limits.workStepsMax { activity.update(step(id, .running)) }
    let count = Limits.workStepsMax + 1
    #expect(activity.stepsLine == "(\(count) steps: \(count) not finished)")
    activity.update(step(0, .running))
    activity.update(step(0, .done))
    #expect(activity.stepsLine == "(\(count) steps: 1 ✓, \(count - 1) not finished)")
    for id in 1..<count { activity.update(step(id, .done)) }
    #expect(activity.stepsLine == "(\(count) steps: \(count) ✓)")
  }
}
