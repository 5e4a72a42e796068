import Agents
import ConfigLoader
import Core
import CoreMetrics
import Hooks
import MattermostIO
import RuleEngine
import Sessions
import Synchronization
import Transport

/// Records what the gateway does. Figures that something else knows, such as the number of conversations, are looked up
/// when they are asked for: see `MetricsPage`.
///
/// Every post passes here, so that instruments are made once and found without building texts.
final class GatewayMetrics: Sendable {
  private let factory: any MetricsFactory
  private let decideTime: Timer
  private let lastEvent: Meter
  private let requestWait: Timer
  private let journalDropped: Counter
  private let posts: InstrumentCache<PostKind, Counter>
  private let ofRules = Mutex<CountersOfRules?>(nil)
  private let outcomes: InstrumentCache<EventOutcome.Name, Counter>
  private let agents: InstrumentCache<String, AgentInstruments>
  private let requests: InstrumentCache<RequestKind, Counter>
  let outbox = UnpostedReplies()

  private struct RequestKind: Hashable {
    let endpoint: APIEndpoint
    let status: Int?
  }

  init(_ factory: any MetricsFactory) {
    self.factory = factory
    decideTime = factory.timer(.decideTime)
    lastEvent = factory.meter(.lastEvent)
    requestWait = factory.timer(.requestWait)
    journalDropped = factory.counter(.journalDropped)
    posts = InstrumentCache {
      factory.counter(
        .posts,
        [("author", $0.author.rawValue), ("kind", $0.channel.rawValue), ("source", $0.source.rawValue)])
    }
    outcomes = InstrumentCache { factory.counter(.outcomes, [("outcome", $0.rawValue)]) }
    agents = InstrumentCache { AgentInstruments($0, factory) }
    requests = InstrumentCache {
      factory.counter(
        .requests, [("endpoint", $0.endpoint.description), ("code", $0.status?.description ?? "none")])
    }
    // These series begin at 0: Prometheus cannot see an increase from nothing to 1.
    _ = requests[RequestKind(endpoint: .me, status: 401)]
    for metric in [GatewayMetric.reconnects, .reloads, .limited, .hooks] { factory.makeAllCounters(of: metric) }
    factory.meter(.build, [("version", UserAgent.version)]).set(1)
  }

  // MARK: Posts and decisions

  /// Records that the server sent an event or a post.
  func recordEvent() { lastEvent.set(Double(Timestamp.now.milliseconds) / 1_000) }

  func recordPost(by author: Author, in channel: ChannelKind, from source: PostSource) {
    posts[PostKind(author: author, channel: channel, source: source)].increment()
  }

  func recordReconnect(isResumed: Bool) { factory.counter(.reconnects, [("resumed", "\(isResumed)")]).increment() }

  func recordDecideTime(_ time: Duration) { decideTime.record(time) }

  /// Prepares to count decisions by these rules and the turns of their agents.
  func use(_ rules: CompiledRules) {
    _ = counters(of: rules)
    for agent in rules.ruleSet.agents { _ = agents[agent.name] }
  }

  private func counters(of rules: CompiledRules) -> CountersOfRules {
    ofRules.withLock { known in
      if let known, known.rules === rules { return known }
      let new = CountersOfRules(rules, factory)
      known = new
      return new
    }
  }

  func record(_ decision: Decision, by rules: CompiledRules) {
    let counters = counters(of: rules)
    counters.decisions[CountersOfRules.Key(rule: decision.rule, kind: Verdict.Kind(decision.outcome))].increment()
    for shadow in decision.shadows { counters.shadowHits[shadow].increment() }
  }

  // MARK: Outcomes

  func record(_ outcome: EventOutcome) {
    outcomes[outcome.name].increment()
    switch outcome {
    case .limited(let limit, _): factory.counter(.limited, [("limit", limit.rawValue)]).increment()
    case .failed(let agent, let reason):
      factory.counter(.failures, [("agent", agent ?? ""), ("reason", reason)]).increment()
    case .approval(let agent, let choice, _):
      factory.counter(.approvals, [("agent", agent), ("outcome", choice ?? "none")]).increment()
    case .answered, .joined, .said, .done, .turnedAway, .cancelled, .stopped, .dropped, .direct, .answersQuestion,
      .corrected, .decidedAgain, .delayed, .postponed, .resumed:
      break
    }
  }

  // MARK: Turns

  func recordEnd(_ end: TurnEnd, of agent: String) { agents[agent].record(end) }

  func record(_ usage: TokenUsage, of agent: String) { agents[agent].record(usage) }

  /// Records the time to the first post of an answer, and to its end.
  func recordAnswer(by agent: String, firstWord: Duration?, whole: Duration) {
    agents[agent].recordAnswer(firstWord: firstWord, whole: whole)
  }

  // MARK: Around

  func record(_ attempt: RequestAttempt) {
    requests[RequestKind(endpoint: attempt.endpoint, status: attempt.status)].increment()
    requestWait.record(attempt.wait)
  }

  func recordReload(_ outcome: ReloadOutcome) { factory.counter(.reloads, [("outcome", outcome.rawValue)]).increment() }

  func recordJournalLoss(_ count: Int) { journalDropped.increment(by: count) }

  func recordHook(_ event: HookEventKind, _ end: HookRunner.RunEnd) {
    factory.counter(.hooks, [("event", event.name), ("outcome", end.rawValue)]).increment()
  }
}

/// The counters of the rules in force, by their indices.
private final class CountersOfRules: Sendable {
  struct Key: Hashable {
    let rule: Int?
    let kind: Verdict.Kind

    /// Leaves the kind out: the hash would be that of its text, for each post.
    func hash(into hasher: inout Hasher) { hasher.combine(rule) }
  }

  let rules: CompiledRules
  let decisions: InstrumentCache<Key, Counter>
  let shadowHits: InstrumentCache<Int, Counter>

  init(_ rules: CompiledRules, _ factory: any MetricsFactory) {
    self.rules = rules
    let names = rules.ruleSet.rules.map(\.name)
    decisions = InstrumentCache { key in
      factory.counter(.decisions, [("rule", key.rule.map { names[$0] } ?? ""), ("outcome", key.kind.rawValue)])
    }
    shadowHits = InstrumentCache { factory.counter(.shadowHits, [("rule", names[$0])]) }
  }
}
