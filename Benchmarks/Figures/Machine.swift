import Foundation

/// The machine on which is measured.
package enum Machine {
  package static var text: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model =
      info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? " unknown"
    let process = ProcessInfo.processInfo
    return
      "\(process.hostName): \(process.activeProcessorCount) cores of\(model), \(process.operatingSystemVersionString)"
  }

  /// The load averages of the last 1, 5 and 15 minutes.
  package static var load: String {
    let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
    return text.split(separator: " ").prefix(3).joined(separator: " ")
  }
}
