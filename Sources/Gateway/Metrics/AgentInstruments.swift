import Agents
import CoreMetrics
import Sessions

/// The instruments of one agent, made when the rules name it so that each series starts at 0: Prometheus cannot see an
/// increase from nothing to 1.
struct AgentInstruments: Sendable {
  private let turns: [TurnEnd: Counter]
  private let input: Counter
  private let output: Counter
  private let firstWord: Timer
  private let whole: Timer
  private let cost: InstrumentCache<String, FloatingPointCounter>

  init(_ agent: String, _ factory: any MetricsFactory) {
    turns = Dictionary(
      uniqueKeysWithValues: TurnEnd.allCases.map {
        ($0, factory.counter(.turns, [("agent", agent), ("outcome", $0.rawValue)]))
      })
    input = factory.counter(.tokens, [("agent", agent), ("direction", "input")])
    output = factory.counter(.tokens, [("agent", agent), ("direction", "output")])
    firstWord = factory.timer(.firstWordTime, [("agent", agent)])
    whole = factory.timer(.answerTime, [("agent", agent)])
    cost = InstrumentCache { factory.floatingPointCounter(.cost, [("agent", agent), ("currency", $0)]) }
  }

  func record(_ end: TurnEnd) { turns[end]?.increment() }

  func record(_ usage: TokenUsage) {
    input.increment(by: usage.input)
    output.increment(by: usage.output)
    if let spent = usage.cost { cost[spent.currency].increment(by: Double(spent.millionths) / 1_000_000) }
  }

  func recordAnswer(firstWord first: Duration?, whole duration: Duration) {
    if let first { firstWord.record(first) }
    whole.record(duration)
  }
}
