import TestSupport
import Testing

/// Each message is answered once, whatever fails. `make soak` runs it at length.
@Suite struct SoakTests {
  @Test(.timeLimit(.minutes(SoakRequest.seed == nil ? 3 : 60)))
  func `under random faults and kills, each post is answered exactly once`() async throws {
    let posts = SoakRequest.posts
    let soak =
      SoakRequest.seed.map { Soak(posts: posts, faults: posts / 50, kills: posts / 500, seed: $0) }
      ?? Soak(posts: 300, faults: 10, kills: 2, seed: 1)
    let outcome = try await soak.run()
    print(outcome)
    #expect(outcome.lost == [])
    #expect(outcome.twice == [])
    #expect(outcome.besides == [])
  }
}
