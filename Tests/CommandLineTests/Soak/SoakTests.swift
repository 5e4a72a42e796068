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
    let outcome = try await soak.run()
    print(outcome)
    #expect(outcome.lost == [])
    #expect(outcome.twice == [])
    #expect(outcome.besides == [])
  }
}
