import CMemory
import Core
import Figures
import FoundationEssentials
import RuleEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The first tables of `make bench`: every number, then those that have a goal.
enum Table {
  static func print(sizes: [Int]) throws {
    Swift.print(
      "   rules  mean ns  median ns   p99 ns  C mean ns  allocations  text to ready ms  of it compile ms  kept MB"
        + "  decisions verified     by C"
    )
    var (means, goals) = ([Int: Double](), FigureTable(peer: "C"))
    for size in sizes {
      let work = try PreparedWorkload(rules: size, events: 10_000)
      let (verified, reference) = (work.verified(), work.referenceVerified())
      let (mean, referenceMean) = cpuNanoseconds(work)
      let each = singles(work)
      let (median, p99) = (each[each.count / 2], each[each.count * 99 / 100])
      let requests = allocations(work)
      let columns = [
        column("\(size)", 8), column("\(mean)", 9), column("\(median)", 11), column("\(p99)", 9),
        column("\(referenceMean)", 11), column(decimal(Double(requests) / Double(work.events.count), 3), 13),
        column(milliseconds(work.loading + work.compiling), 18), column(milliseconds(work.compiling), 18),
        column(decimal(Double(work.bytes) / 1_048_576, 2), 9), column("\(verified) of \(work.events.count)", 20),
        column("\(reference)", 9),
      ]
      Swift.print(columns.joined())
      means[size] = Double(mean)
      goals.add([
        Figure("mean decision at \(size) rules, ns", .number(Double(mean)), peer: .number(Double(referenceMean))),
        Figure(
          "the same as a ratio to the C reference",
          reference == work.events.count
            ? .number(Double(mean) / Double(referenceMean))
            : .missing("the C reference decided \(work.events.count - reference) events differently"),
          places: 2, .atMost(aim: 1.4)),
        Figure(
          "99th percentile at \(size) rules as a ratio to the median", .number(Double(p99) / Double(max(1, median))),
          places: 1, .atMost(aim: 8)),
      ])
      if size == 10_000 {
        goals.add([
          Figure(
            "10,000 rules, from the text to ready, ms", .number((work.loading + work.compiling) / .milliseconds(1)),
            places: 1, .atMost(96, aim: 65))
        ])
      }
    }
    if let few = means[10], let many = means[10_000] {
      goals.add([
        Figure("mean at 10,000 rules as a ratio to that at 10", .number(many / few), places: 2, .atMost(aim: 2.5))
      ])
    }
    Swift.print("\n\(goals.text)")
  }

  /// Returns the CPU time of a decision, and of one by the C reference: the medians of 15 passes over all events, after
  /// two to warm up. They take turns, so that both meet the same speed of the machine, each after a pass that fills the
  /// caches with its own data.
  private static func cpuNanoseconds(_ work: PreparedWorkload) -> (mean: Int, reference: Int) {
    func time(_ pass: () -> Void) -> Int {
      pass()
      let start = cpuTime()
      pass()
      return cpuTime() - start
    }
    let passes = (0..<17).map { _ in (time(work.decideAll), time { work.reference?.decideAll() }) }.dropFirst(2)
    let (own, reference) = (passes.map(\.0).sorted(), passes.map(\.1).sorted())
    return (own[own.count / 2] / work.events.count, reference[reference.count / 2] / work.events.count)
  }

  /// Returns the times of single decisions, sorted, without the time of reading the clock.
  private static func singles(_ work: PreparedWorkload) -> [Int] {
    let reading = (0..<1_001).map { _ in
      let start = clockTime()
      return clockTime() - start
    }.sorted()[500]
    return (0..<work.events.count).map { index in
      work.events.withEvent(index) { event in
        let start = clockTime()
        let decision = work.rules.decide(event)
        let end = clockTime()
        keep(decision)
        return max(0, end - start - reading)
      }
    }.sorted()
  }

  private static func allocations(_ work: PreparedWorkload) -> UInt64 {
    let before = memory_requests()
    work.decideAll()
    return memory_requests() - before
  }

  private static func cpuTime() -> Int { time(CLOCK_THREAD_CPUTIME_ID) }

  private static func clockTime() -> Int { time(CLOCK_MONOTONIC) }

  private static func time(_ clock: clockid_t) -> Int {
    var now = timespec()
    clock_gettime(clock, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }

  private static func milliseconds(_ duration: Duration) -> String { decimal(duration / .milliseconds(1), 1) }

  private static func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
