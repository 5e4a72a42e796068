import CMemory
import Core
import FoundationEssentials
import RuleEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The first table of `make bench`.
enum Table {
  static func print(sizes: [Int]) throws {
    Swift.print(
      "   rules  mean ns  median ns   p99 ns  allocations  text to ready ms  of it compile ms  kept MB  decisions verified"
    )
    for size in sizes {
      let work = try PreparedWorkload(rules: size, events: 10_000)
      let verified = work.verified()
      let mean = cpuNanoseconds(work)
      let each = singles(work)
      let requests = allocations(work)
      let columns = [
        column("\(size)", 8), column("\(mean)", 9), column("\(each[each.count / 2])", 11),
        column("\(each[each.count * 99 / 100])", 9),
        column(decimal(Double(requests) / Double(work.events.count), 3), 13),
        column(milliseconds(work.loading + work.compiling), 18), column(milliseconds(work.compiling), 18),
        column(decimal(Double(work.bytes) / 1_048_576, 2), 9), column("\(verified) of \(work.events.count)", 20),
      ]
      Swift.print(columns.joined())
    }
  }

  /// Returns the CPU time of a decision: the median of 15 passes over all events, after two to warm up.
  private static func cpuNanoseconds(_ work: PreparedWorkload) -> Int {
    for _ in 0..<2 { work.decideAll() }
    let passes = (0..<15).map { _ in
      let start = cpuTime()
      work.decideAll()
      return cpuTime() - start
    }
    return passes.sorted()[passes.count / 2] / work.events.count
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

  private static func decimal(_ number: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((number * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  private static func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
