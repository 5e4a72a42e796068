import Foundation

/// Measurements and their targets.
struct BenchReport {
  struct Row {
    let what: String
    let measured: String
    let aim: String
  }

  private var rows: [Row] = []

  mutating func add(_ more: [Row]) { rows += more }

  /// The table in Markdown.
  var text: String {
    let cells =
      [["", "measured", "aim"]] + rows.map { [$0.what, $0.measured, $0.aim] }
    let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = cells.map { row in
      "| " + zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " | ")
        + " |"
    }
    let rule = "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
    return "\(Self.machine)\n\n" + ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  /// Writes the table to `FOLDER/HOST.md`.
  func write(to folder: String) throws {
    let file = URL(filePath: folder).appending(path: "\(ProcessInfo.processInfo.hostName).md")
    try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    print("\nwritten to \(file.path)")
  }

  private static var machine: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model =
      info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "unknown"
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return
      "\(ProcessInfo.processInfo.hostName): \(cores) cores of\(model), \(ProcessInfo.processInfo.operatingSystemVersionString)"
  }
}

extension Double {
  /// Formats a number with this many decimals.
  func text(_ places: Int = 0) -> String { String(format: "%.\(places)f", self) }
}
