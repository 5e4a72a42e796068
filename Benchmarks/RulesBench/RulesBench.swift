import ConfigLoader
import Core
import RuleEngine
import Workload

/// Measures decisions for rule sets of growing size.
///
/// `RulesBench [RULES…]` prints a table; `RulesBench files DIRECTORY [RULES…]` writes the workloads as rules file,
/// event file and expected rules; `RulesBench tools PROGRAM DIRECTORY` runs the tools of a program on large files;
/// `RulesBench decide DIRECTORY RULES PASSES` only decides, for tools that count instructions.
@main struct RulesBench {
  static func main() throws {
    var arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "files":
      arguments.removeFirst()
      guard let directory = arguments.popFirst() else { return explain() }
      try WorkloadFiles.write(to: directory, sizes: sizes(arguments))
    case "decide":
      guard arguments.count == 4, let rules = Int(arguments[arguments.startIndex + 2]),
        let passes = arguments.last.flatMap({ Int($0) })
      else { return explain() }
      let work = try PreparedWorkload(files: arguments[arguments.startIndex + 1], rules: rules)
      for _ in 0..<passes { work.decideAll() }
    case "tools":
      guard arguments.count == 3 else { return explain() }
      try ToolsTable.print(program: arguments[arguments.startIndex + 1], directory: arguments[arguments.startIndex + 2])
    default: try Table.print(sizes: sizes(arguments))
    }
  }

  private static func sizes(_ arguments: some Sequence<String>) -> [Int] {
    let sizes = arguments.compactMap { Int($0) }
    return sizes.isEmpty ? [10, 100, 1_000, 10_000] : sizes
  }

  private static func explain() {
    print(
      "usage: RulesBench [RULES…] | files DIRECTORY [RULES…] | tools PROGRAM DIRECTORY | decide DIRECTORY RULES PASSES")
  }
}
