package import Foundation

/// A port of loopback whose connections go on to another one, until the network between them is cut: then they stay
/// open, and nothing arrives.
package final class TCPRelay: Sendable {
  /// A way that bytes take: to the other port, and back.
  package enum Way: String, Sendable, CaseIterable {
    case out, back
  }

  /// A text that is looked for in what is sent to the other port.
  package struct Watch: Sendable {
    /// An expression of Python for at most 256 bytes, with a group, and one byte after that.
    let pattern: String
    /// Gets the group of each match and when it was sent, also if the way is cut then. Runs on a thread of its own.
    let onMatch: @Sendable (String, Date) -> Void

    package init(_ pattern: String, onMatch: @escaping @Sendable (String, Date) -> Void) {
      self.pattern = pattern
      self.onMatch = onMatch
    }
  }

  package let port: UInt16
  private let process: Process
  private let commands: Pipe

  /// - Parameter target: the port of loopback to which connections go on.
  package init(to target: UInt16, watch: Watch? = nil) throws {
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "relay.py").path
    process.arguments = [script, "\(target)"] + (watch.map { [$0.pattern] } ?? [])
    let output = Pipe()
    commands = Pipe()
    process.standardInput = commands
    process.standardOutput = output
    try process.run()
    let lines = output.fileHandleForReading
    let first = Self.readLine(from: lines) ?? ""
    guard let port = UInt16(first) else { throw TestFailure("the relay said `\(first)`") }
    self.port = port
    guard let watch else { return }
    Thread.detachNewThread {
      while let line = Self.readLine(from: lines) {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let seconds = Double(parts[0]) else { continue }
        watch.onMatch(String(parts[1]), Date(timeIntervalSince1970: seconds))
      }
    }
  }

  deinit { try? commands.fileHandleForWriting.close() }

  /// Cuts some ways, and opens the others.
  package func cut(_ ways: [Way]) throws {
    let line = ways.map(\.rawValue).joined(separator: " ") + "\n"
    try commands.fileHandleForWriting.write(contentsOf: Data(line.utf8))
  }

  /// Reads a line without its end, or returns `nil` at the end of the output.
  private static func readLine(from output: FileHandle) -> String? {
    var line: [UInt8] = []
    while let byte = (try? output.read(upToCount: 1))?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }
}
