import CWslay
import TestSupport
import Testing

@testable import Transport

/// Runs the cases of Autobahn's test suite, most of which are about RFC 6455, sections 5 and 7.
@Suite(
  .enabled(if: AutobahnServer.isAvailable, "scripts/install-autobahn.sh could not install Autobahn's test suite"))
struct WebSocketConformanceTests {
  /// The cases of compression, which is not offered.
  private static let excluded = ["12.*", "13.*"]

  @Test(.timeLimit(.minutes(5))) func `every case of Autobahn's test suite passes, except those of compression`()
    async throws
  {
    let server = try await AutobahnServer(without: Self.excluded)
    let count = try await caseCount(server)
    #expect(count > 200)
    for number in 1...count { try await echo("\(server.url)/runCase?case=\(number)&agent=edgecrab") }
    try await echo("\(server.url)/updateReports?agent=edgecrab")

    let verdicts = try await server.verdicts()
    #expect(verdicts.count == count)
    for (number, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
      // Informational cases are about behavior that the RFC leaves open.
      #expect(["OK", "INFORMATIONAL"].contains(verdict.behavior), "case \(number): \(verdict)")
      #expect(["OK", "INFORMATIONAL"].contains(verdict.behaviorClose), "case \(number), closing: \(verdict)")
    }
  }

  private func caseCount(_ server: AutobahnServer) async throws -> Int {
    let socket = try await connect("\(server.url)/getCaseCount")
    guard case .text(let text) = try await socket.receive(), let count = Int(text) else {
      throw TestFailure("Autobahn does not say how many cases there are")
    }
    return count
  }

  /// Sends every message back until the connection ends.
  private func echo(_ url: String) async throws {
    let socket = try await connect(url)
    do {
      while true {
        switch try await socket.receive() {
        case .text(let text): try await socket.send(text: text)
        case .binary(let bytes): try await socket.send(WSLAY_BINARY_FRAME, bytes)
        case .pong: break
        }
      }
    } catch {
      // Autobahn judges the end of the connection.
    }
  }

  private func connect(_ url: String) async throws -> WebSocket {
    try await WebSocket.connect(url, timeLimit: .seconds(20), logger: .silent)
  }
}
