import FoundationEssentials
import Workload

/// Writes workloads as files, for `edgecrab rules replay` and other programs.
enum WorkloadFiles {
  static func write(to directory: String, sizes: [Int]) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for size in sizes {
      let workload = Workload(rules: size, events: 10_000)
      try write(workload.yaml, to: "\(directory)/rules-\(size).yaml")
      try write(workload.eventLines.joined(separator: "\n") + "\n", to: "\(directory)/events-\(size).jsonl")
      try write(workload.expected.joined(separator: "\n") + "\n", to: "\(directory)/expected-\(size).txt")
    }
  }

  private static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }
}
