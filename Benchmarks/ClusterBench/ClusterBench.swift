import BenchSupport
import Figures
import Foundation

/// Measures gateways of one bot that answer at the same time over PostgreSQL, beside one gateway on SQLite: the real
/// program, on the sandbox and a PostgreSQL server that waits for the disk.
///
/// `ClusterBench EDGECRAB [NAME…]` measures all groups, or only the named ones.
@main struct ClusterBench {
  private static let benchmark = Benchmark<String>(
    peer: "SQLite",
    [
      .init("disk") { _ in try await DiskBench.run() },
      .init("answers", ThroughputBench.answers),
      .init("scaling", ThroughputBench.scaling),
      .init("idle", IdleBench.idle),
      .init("unaddressed", IdleBench.unaddressed),
      .init("takeover", TakeoverBench.run),
    ])

  static func main() async {
    let names = Array(CommandLine.arguments.dropFirst(2))
    guard CommandLine.arguments.count > 1, benchmark.hasGroups(names) else {
      print("usage: ClusterBench EDGECRAB [\(benchmark.names)]")
      return
    }
    print(await benchmark.report(on: URL(filePath: CommandLine.arguments[1]).path, names))
  }
}
