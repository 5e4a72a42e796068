import BenchSupport
import Figures
import Foundation
import TestSupport

/// What an event costs a subject, on average.
struct Costs {
  let cpuMicroseconds: Double
  let switches: Double
  let syscalls: Reading
  /// The tool that counted the syscalls.
  let tool: String

  /// Measures a load twice: first CPU time and context switches, then syscalls, whose counting takes time.
  ///
  /// - Parameters:
  ///   - first: the number of the first event.
  ///   - count: the number of events; of half as many, syscalls are counted.
  ///   - load: sends events and returns when everything that they cause is over.
  init(of child: ChildProcess, from first: Int, count: Int, _ load: (Range<Int>) async throws -> Void) async throws {
    let (cpu, switches) = (try child.cpu, try child.switches)
    try await load(first..<first + count)
    cpuMicroseconds = (try child.cpu - cpu) / .microseconds(1) / Double(count)
    // The threads that ended meanwhile are missing.
    let difference = try child.switches.reduce(0) { $0 + $1.value - (switches[$1.key] ?? 0) }
    self.switches = Double(difference) / Double(count)

    let start = first + count
    let counted = try await SyscallCounter.count(of: child.id) { try await load(start..<start + count / 2) }
    syscalls = counted.count.map { $0 / Double(count / 2) }
    tool = counted.tool
  }
}

/// Sends numbered events at a rate, as they come in a chat, from a thread of its own.
enum Pace {
  static func send(_ numbers: Range<Int>, perSecond rate: Double, _ send: @escaping @Sendable (Int) -> Void) async {
    await withCheckedContinuation { done in
      Thread.detachNewThread {
        let clock = ContinuousClock()
        let start = clock.now
        for (index, number) in numbers.enumerated() {
          let rest = start + .seconds(Double(index) / rate) - clock.now
          if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
          send(number)
        }
        done.resume()
      }
    }
  }
}
