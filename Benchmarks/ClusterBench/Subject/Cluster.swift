import BenchSupport
import Foundation
import Sandbox
import TestSupport

/// Gateways of one bot on a sandbox.
struct Cluster {
  let gateways: [BenchGateway]

  /// Starts gateways, and waits until they have connected.
  ///
  /// - Parameter store: the address of their database; the file of one gateway if `nil`.
  init(of count: Int, _ program: String, on sandbox: SandboxServer, store: String?, rules: String) async throws {
    gateways = try (0..<count).map { _ in try BenchGateway(program, on: sandbox, store: store, rules: rules) }
    for gateway in gateways { try await gateway.isReady() }
  }

  /// The CPU time so far of all gateways.
  var cpu: Duration { get throws { try gateways.reduce(.zero) { try $0 + $1.subject.child.cpu } } }

  /// Returns a counter of each gateway.
  func counters(_ counter: BenchGateway.Counter) async throws -> [Int] {
    var counts: [Int] = []
    for gateway in gateways { counts.append(try await gateway.count(counter)) }
    return counts
  }
}

/// A gateway with a folder and a port of its own.
final class BenchGateway {
  /// A counter in its metrics, by the beginning of its lines. The rules name their agent `bench`.
  enum Counter: String {
    case answers = #"edgecrab_turns_total{agent="bench",outcome="answered""#
    case humanPosts = #"edgecrab_posts_total{author="human""#
  }

  private(set) var subject: Subject
  private let start: () throws -> Subject
  private let port: UInt16

  fileprivate init(_ program: String, on sandbox: SandboxServer, store: String?, rules: String) throws {
    let (home, port) = (try TemporaryFolder(), try TestServer.freePort())
    let environment = ["EDGECRAB_LISTEN": "\(port)", "EDGECRAB_STORE": store ?? ""]
    start = {
      try Subject(
        gateway: program, url: sandbox.url, token: sandbox.botToken, rules: rules, environment, in: home)
    }
    self.port = port
    subject = try start()
  }

  /// Waits for its end, and starts it again.
  func restart() async throws {
    let ending = subject.child
    try await wait(for: "the gateway to end") { !ending.isRunning }
    ending.wait()
    subject = try start()
    try await isReady()
  }

  fileprivate func isReady() async throws {
    try await subject.isConnected()
    // After a start, it reads what it may have missed.
    try await Task.sleep(for: .seconds(2))
  }

  /// Returns the present value of a counter, which may be a second old.
  func count(_ counter: Counter) async throws -> Int {
    let metrics = try await RawHTTP.send("GET", "http://127.0.0.1:\(port)/metrics").text
    return metrics.split(separator: "\n").filter { $0.hasPrefix(counter.rawValue) }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
  }
}
