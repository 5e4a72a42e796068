import BenchSupport
import Figures

/// Measures the store in PostgreSQL, with a driver of its own in the place of the gateway, beside the store in SQLite.
///
/// `StoreBench [NAME…]` measures all groups but those that are slow, or only the named ones.
@main struct StoreBench {
  private static let benchmark = Benchmark<Void>(
    peer: "SQLite",
    [
      .init("disk", DiskBench.run),
      .init("latency", LatencyBench.run),
      .init("posts", PostsBench.run),
      .init("rest", RestBench.run),
      .init("sizes", SizesBench.run),
      .init("statements", isSlow: true, StatementsBench.run),
    ])

  static func main() async {
    let names = Array(CommandLine.arguments.dropFirst())
    guard benchmark.hasGroups(names) else {
      print("usage: StoreBench [\(benchmark.names)]")
      return
    }
    print(await benchmark.report(on: (), names))
  }
}
