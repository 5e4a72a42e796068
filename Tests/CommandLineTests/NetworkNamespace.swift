import Foundation
import TestSupport

/// A network namespace, connected by a virtual cable. Packets through the silenced cable are dropped, not rejected, as
/// when a cable is cut or a firewall forgets a connection.
final class NetworkNamespace: Sendable {
  /// The reason why a namespace cannot be created, or `nil` if it can.
  static let obstacle: String? = {
    do {
      _ = try NetworkNamespace()
      return nil
    } catch {
      return "no network namespace can be made: \(error)"
    }
  }()

  /// The address of this end of the cable.
  let address: String
  private let name: String
  private let ends: (here: Interface, there: Interface)

  private struct Interface: Sendable {
    let name: String
    let address: String
  }

  /// Creates one, with the cable plugged in.
  init() throws {
    let id = UUID().uuidString.prefix(8).lowercased()
    name = "edgecrab-\(id)"
    // Four random addresses of the network for benchmarks (RFC 2544): other tests have others.
    let net = "198.18.\(Int.random(in: 0...255))"
    let first = Int.random(in: 0...62) * 4
    ends = (
      Interface(name: "ec\(id)a", address: "\(net).\(first + 1)"),
      Interface(name: "ec\(id)b", address: "\(net).\(first + 2)")
    )
    address = ends.here.address
    try Self.ip("netns", "add", name)
    try Self.ip("link", "add", ends.here.name, "type", "veth", "peer", "name", ends.there.name, "netns", name)
    try Self.ip("address", "add", "\(ends.here.address)/30", "dev", ends.here.name)
    try Self.ip("link", "set", ends.here.name, "up")
    try Self.ip("-netns", name, "address", "add", "\(ends.there.address)/30", "dev", ends.there.name)
    try Self.ip("-netns", name, "link", "set", ends.there.name, "up")
  }

  deinit {
    // The cable is removed with its far end.
    try? Self.ip("netns", "delete", name)
  }

  /// The command prefix that runs a command in this network.
  var command: [String] { [Self.program, "netns", "exec", name] }

  /// Drops everything that either end sends: to each, the other is a machine that is switched off.
  func silence() throws {
    let nobody = "02:00:00:00:00:01"
    try Self.ip("neighbour", "replace", ends.there.address, "lladdr", nobody, "dev", ends.here.name)
    try Self.ip("-netns", name, "neighbour", "replace", ends.here.address, "lladdr", nobody, "dev", ends.there.name)
  }

  /// Forwards packets again.
  func restore() throws {
    try Self.ip("neighbour", "delete", ends.there.address, "dev", ends.here.name)
    try Self.ip("-netns", name, "neighbour", "delete", ends.here.address, "dev", ends.there.name)
  }

  private static let program = ["/usr/sbin/ip", "/sbin/ip"].first(where: FileManager.default.isExecutableFile) ?? "ip"

  private static func ip(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      throw TestFailure("`ip \(arguments.joined(separator: " "))`: \(words)")
    }
  }
}
