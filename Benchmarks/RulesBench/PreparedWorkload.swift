import CMemory
import ConfigLoader
import Core
import FoundationEssentials
import RuleEngine
import Workload

/// A loaded and compiled workload, with the costs of that.
struct PreparedWorkload {
  let rules: CompiledRules
  let events: BorrowableEvents
  let expected: [String]
  /// The same rules and events for the C reference; `nil` if loaded from files.
  let reference: Reference?
  /// The time from the text to compiled rules.
  let loading: Duration
  let compiling: Duration
  /// The memory of the compiled rules in bytes.
  let bytes: Int

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(rules count: Int, events eventCount: Int) throws {
    let workload = Workload(rules: count, events: eventCount)
    let text = workload.yaml
    let before = memory_held()
    let first = try Self.load(text)
    bytes = memory_held() - before
    // The fastest of three, since other work of the machine only adds time.
    let (second, third) = (try Self.load(text), try Self.load(text))
    rules = first.rules
    (loading, compiling) =
      [first, second, third].map { ($0.loading, $0.compiling) }.min { $0.0 + $0.1 < $1.0 + $1.1 }
      ?? (first.loading, first.compiling)
    events = BorrowableEvents(workload.events)
    expected = workload.expected
    reference = try Reference(workload)
  }

  /// Loads the files of `WorkloadFiles`.
  init(files directory: String, rules count: Int) throws {
    let text = try String(contentsOf: URL(filePath: "\(directory)/rules-\(count).yaml"), encoding: .utf8)
    (rules, loading, compiling) = try Self.load(text)
    bytes = 0
    var events: [Event] = []
    try EventFile.forEach(
      "\(directory)/events-\(count).jsonl", defaults: EventDefaults(milliseconds: 0)
    ) { _, line in events.append(line.event) }
    self.events = BorrowableEvents(events)
    expected = []
    reference = nil
  }

  private static func load(_ text: String) throws -> (rules: CompiledRules, loading: Duration, compiling: Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    let loaded = RulesFile.load(text: text, file: "workload.yaml", environment: [:], now: 0)
    let ready = clock.now
    guard let ruleSet = loaded.rules else { throw Failure(description: loaded.report) }
    let rules = try CompiledRules(ruleSet)
    return (rules, ready - start, clock.now - ready)
  }

  /// Decides every event once, and returns the number of expected decisions.
  func verified() -> Int {
    expected.indices.count { index in
      let rule = events.withEvent(index) { rules.decide($0).rule }
      return rule.map { rules.ruleSet.rules[$0].name } == expected[index]
    }
  }

  /// Decides every event once with the C reference, and returns the number of expected decisions.
  func referenceVerified() -> Int {
    guard let reference else { return 0 }
    return expected.indices.count { index in
      let rule = reference.decide(index)
      return rule < rules.ruleSet.rules.count && rules.ruleSet.rules[rule].name == expected[index]
    }
  }

  /// Decides every event once.
  @inline(never) func decideAll() {
    for index in 0..<events.count { keep(events.withEvent(index) { rules.decide($0) }) }
  }
}

/// Keeps the optimizer from removing the computation of a value.
@inline(never) func keep<Value>(_ value: Value) {}

/// Events that can be borrowed: an array would copy each, which is as slow as a decision.
final class BorrowableEvents {
  private struct Held: ~Copyable {
    let event: Event

    borrowing func with<Result>(_ body: (borrowing Event) -> Result) -> Result { body(event) }
  }

  private let events: UnsafeMutablePointer<Held>
  let count: Int

  init(_ events: [Event]) {
    count = events.count
    self.events = .allocate(capacity: events.count)
    for (index, event) in events.enumerated() { (self.events + index).initialize(to: Held(event: event)) }
  }

  deinit {
    events.deinitialize(count: count)
    events.deallocate()
  }

  func withEvent<Result>(_ index: Int, _ body: (borrowing Event) -> Result) -> Result {
    events[index].with(body)
  }
}
