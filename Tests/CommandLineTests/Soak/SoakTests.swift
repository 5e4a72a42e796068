import Foundation
import TestSupport
import Testing

/// Each message is answered once, whatever fails. `make soak` runs it at length.
@Suite struct SoakTests {
  private static let seed = ProcessInfo.processInfo.environment["EDGECRAB_SOAK"].flatMap { UInt64($0) }

  @Test(.timeLimit(.minutes(seed == nil ? 3 : 60)))
  func `under random faults and kills, each post is answered exactly once`() async throws {
    let soak =
      Self.seed.map { Soak(posts: 10_000, faults: 200, kills: 20, seed: $0) }
      ?? Soak(posts: 300, faults: 10, kills: 2, seed: 1)
    try await expectOneAnswerEach(soak)
  }

  @Test(.timeLimit(.minutes(seed == nil ? 4 : 120)))
  func `while gateways that share a database are killed and stopped, each post is answered exactly once`() async throws
  {
    let soak =
      Self.seed.map {
        Soak(posts: 10_000, faults: 100, kills: 20, standbys: 2, pauses: 20, cuts: 20, databaseFaults: 40, seed: $0)
      }
      ?? Soak(posts: 300, faults: 3, kills: 1, standbys: 1, pauses: 1, cuts: 1, databaseFaults: 3, seed: 2)
    try await expectOneAnswerEach(soak)
  }

  private func expectOneAnswerEach(_ soak: Soak) async throws {
    let outcome = try await soak.run()
    print(outcome)
    #expect(outcome.lost == [])
    #expect(outcome.twice == [])
    #expect(outcome.besides == [])
  }
}
