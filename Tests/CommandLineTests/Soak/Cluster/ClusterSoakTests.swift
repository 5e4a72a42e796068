import TestSupport
import Testing

/// Several gateways of one bot answer each message once, whatever fails. `make soak-cluster` runs it at length.
@Suite(.enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"))
struct ClusterSoakTests {
  @Test(.timeLimit(.minutes(SoakRequest.seed == nil ? 5 : 180)))
  func `while gateways, networks, database and server fail, each post is answered exactly once, in order`() async throws
  {
    let posts = SoakRequest.posts
    let soak =
      SoakRequest.seed.map { seed in
        ClusterSoak(
          posts: posts, kills: posts / 500, stops: posts / 1_000, pauses: posts / 500, pauseSeconds: 5...60,
          cuts: posts / 500, cutSeconds: 3...20, databaseFaults: posts / 250, serverFaults: posts / 100, seed: seed)
      }
      ?? ClusterSoak(
        posts: 300, kills: 1, stops: 1, pauses: 1, pauseSeconds: 9...9, cuts: 2, cutSeconds: 9...9,
        databaseFaults: 3, serverFaults: 3, seed: 6)
    let outcome = try await soak.run()
    print(outcome)
    #expect(outcome.findings == [], "\(outcome.report)")
    #expect(outcome.standstill == nil)
  }
}
