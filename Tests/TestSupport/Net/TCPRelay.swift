import Foundation

/// A port of loopback whose connections go on to another one, until the network between them is cut: then they stay
/// open, and nothing arrives.
package final class TCPRelay: Sendable {
  /// A way that bytes take: to the other port, and back.
  package enum Way: String, Sendable, CaseIterable {
    case out, back
  }

  package let port: UInt16
  private let process: Process
  private let commands: Pipe

  /// - Parameter target: the port of loopback to which connections go on.
  package init(to target: UInt16) throws {
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "relay.py").path
    process.arguments = [script, "\(target)"]
    let output = Pipe()
    commands = Pipe()
    process.standardInput = commands
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n"), let bytes = try output.fileHandleForReading.read(upToCount: 1) {
      line += String(decoding: bytes, as: UTF8.self)
    }
    guard let port = UInt16(line.trimmingCharacters(in: .newlines)) else {
      throw TestFailure("the relay said `\(line)`")
    }
    self.port = port
  }

  deinit { try? commands.fileHandleForWriting.close() }

  /// Cuts some ways, and opens the others.
  package func cut(_ ways: [Way]) throws {
    let line = ways.map(\.rawValue).joined(separator: " ") + "\n"
    try commands.fileHandleForWriting.write(contentsOf: Data(line.utf8))
  }
}
