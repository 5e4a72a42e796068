import Figures
import Foundation

/// Measures the store in PostgreSQL, with a driver of its own in the place of the gateway, beside the store in SQLite.
///
/// `StoreBench [NAME…]` measures all groups but those that are slow, or only the named ones.
@main struct StoreBench {
  private struct Group: Sendable {
    let name: String
    var isSlow = false
    let run: @Sendable () async throws -> [Figure]
  }

  private static let groups = [
    Group(name: "disk", run: DiskBench.run),
    Group(name: "latency", run: LatencyBench.run),
    Group(name: "posts", run: PostsBench.run),
    Group(name: "rest", run: RestBench.run),
    Group(name: "sizes", run: SizesBench.run),
    Group(name: "statements", isSlow: true, run: StatementsBench.run),
  ]

  static func main() async throws {
    let names = CommandLine.arguments.dropFirst()
    guard names.allSatisfy({ name in groups.contains { $0.name == name } }) else {
      print("usage: StoreBench [\(groups.map(\.name).joined(separator: "|"))]")
      return
    }
    var table = FigureTable(peer: "SQLite")
    let before = Machine.load
    for group in groups where names.isEmpty ? !group.isSlow : names.contains(group.name) {
      FileHandle.standardError.write(Data("measuring: \(group.name)\n".utf8))
      do {
        table.add(try await group.run())
      } catch {
        table.add([Figure(group.name, .missing("\(error)"))])
      }
    }
    print("\(Machine.text)\nload before: \(before), after: \(Machine.load)\n\n\(table.text)")
  }
}
