import BenchSupport
import Core
import Figures
import Foundation
import RuleEngine
import Sessions
import TestSupport

/// Measures single operations on a store that is as large as it may become.
enum SizesBench {
  static func run() async throws -> [Figure] {
    let bench = try await BenchServer(isDurable: false)
    // It makes the tables.
    let opened = try await bench.join()
    await opened.close()
    FileHandle.standardError.write(Data("filling the store\n".utf8))
    for statement in filling { try await bench.execute(statement) }
    let store = try await bench.join()
    var figures: [Figure] = []
    func measure(_ name: String, times count: Int = 5, _ call: (Int) async throws -> Void) async throws {
      var times: [Double] = []
      for number in 0..<count {
        let start = ContinuousClock.now
        try await call(number)
        times.append((ContinuousClock.now - start) / .milliseconds(1))
      }
      figures.append(Figure("large store: \(name), ms", .number(quantile(times, 0.5)), places: 1))
    }
    let large = SessionKey.channel("c1")
    try await measure("first claim, which deletes old rows", times: 1) { _ in
      _ = try await store.claim("first", of: large, at: .now)
    }
    try await measure("claim", times: 100) {
      _ = try await store.claim(Claim(post: PostID("n\($0)")), of: large, at: .now)
    }
    try await measure("message stored beside 1,000 of its conversation", times: 100) {
      _ = try await store.enqueue(
        Claim(post: PostID("n\($0)")), session: large, payload: "x", root: "root", at: .now)
    }
    try await measure("reply stored", times: 100) {
      let claim = Claim(post: PostID("n\($0)"))
      _ = try await store.add(Reply(id: .answer(to: claim), text: "x"), to: claim, finishing: [])
    }
    try await measure("turn begun, 500 exchanges") { _ in
      _ = try await store.begin(
        large, policy: SessionPolicy(), readsHistory: true, leavingOut: nil, at: .now)
    }
    try await measure("claims finished", times: 100) { try await store.finish([Claim(post: PostID("n\($0)"))]) }
    try await measure("generations of 100,000 conversations") { _ in _ = try await store.generations() }
    try await measure("remembered channels") { _ in _ = try await store.rememberedChannels() }
    try await measure("thread seen") { _ in _ = try await store.hasSeen(thread: "none", session: large) }
    try await measure("last exchange") { _ in _ = try await store.lastExchange(of: "u7", session: large) }
    try await measure("messages of a post") { _ = try await store.pending(of: PostID("w\($0)")) }
    try await measure("conversations of a deleted post") {
      _ = try await store.sessions(of: .message(PostID("x\($0)")))
    }
    try await measure("conversations of a deleted thread") { _ in
      _ = try await store.sessions(of: .message("r1"))
    }
    try await measure("post forgotten") { try await store.forget(.message(PostID("x\($0)")), session: large) }
    try await measure("conversation started over", times: 1) { _ in _ = try await store.renew(large, at: .now) }
    await store.close()
    try await measure("takeover of 1,000 claims, 5,000 messages and 10,000 replies", times: 1) { _ in
      await (try await bench.join(as: "bench:2")).close()
    }
    return figures
  }

  /// 100,000 conversations of 5 exchanges and one of 500, a million claims, of which 1,000 are open, and 10,000 old,
  /// 5,000 waiting messages, of which 1,000 are of one conversation, 10,000 replies, and 300,000 threads.
  private static let filling = [
    """
    INSERT INTO sessions SELECT 'channel:c' || n, 1, \(now), \(now), 5, 0 FROM generate_series(1, 100000) AS n
    """,
    """
    INSERT INTO exchanges (id, place, session, post, root, author, speaker, agent, message, files, more, answer, outcome,
      at, asked_at)
    SELECT nextval('places'), currval('places'), 'channel:c' || n, 'x' || n || '-' || e, 'r' || n % 1000, 'u' || n % 100,
      'user', 'agent', repeat('question ', 20), '[]', '[]', repeat('answer ', 80), 'answered', \(now), \(now)
    FROM generate_series(1, 100000) AS n, generate_series(1, 5) AS e
    """,
    """
    INSERT INTO exchanges (id, place, session, post, root, author, speaker, agent, message, files, more, answer, outcome,
      at, asked_at)
    SELECT nextval('places'), currval('places'), 'channel:c1', 'x' || e, 'r' || e % 50, 'u' || e % 10,
      'user', 'agent', repeat('question ', 20), '[]', '[]', repeat('answer ', 80), 'answered', \(now), \(now)
    FROM generate_series(1, 495) AS e
    """,
    """
    INSERT INTO exchange_posts (exchange, post, root, channel, files)
    SELECT id, post, root, 'c' || id % 1000, '[]' FROM exchanges
    """,
    """
    INSERT INTO claims (post, claimed_at, done, attempt)
    SELECT 'p' || n, \(now) - (CASE WHEN n <= 10000 THEN 40::bigint * 86400000 ELSE n END), n <= 999000, n
    FROM generate_series(1, 1000000) AS n
    """,
    """
    INSERT INTO waiting (post, place, session, payload, root, at)
    SELECT 'w' || n, nextval('places'), 'channel:c' || greatest(1, n - 1000), repeat('payload ', 100), 'r' || n % 50,
      \(now)
    FROM generate_series(1, 5000) AS n
    """,
    """
    INSERT INTO outbox (reply, place, message, payload, text, files, is_failure)
    SELECT 'o' || n, nextval('places'), NULL, repeat('payload ', 20), repeat('answer ', 80), '[]', false
    FROM generate_series(1, 10000) AS n
    """,
    "INSERT INTO threads SELECT 'r' || n, \(now) FROM generate_series(1, 300000) AS n",
    "ANALYZE",
  ]

  private static let now = "(extract(epoch FROM now()) * 1000)::bigint"
}
