import Core
import Foundation
import PostgreSQL
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

/// The implementations of `SessionStore`.
enum StoreKind: CaseIterable {
  case sqlite, postgresql

  /// The one that a test of `.everyStore` runs with.
  @TaskLocal static var current = StoreKind.sqlite
}

/// Runs each test with every kind of store.
struct EveryStore: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    for kind in StoreKind.allCases {
      let opened = OpenStores()
      try await StoreKind.$current.withValue(kind) {
        try await OpenStores.$current.withValue(opened) { try await function() }
      }
      await opened.closeAll()
    }
  }
}

/// The stores that a test has opened: a server has a limited number of connections.
actor OpenStores {
  @TaskLocal static var current: OpenStores?
  private var stores: [any SessionStore] = []

  func add(_ store: any SessionStore) { stores.append(store) }

  func closeAll() async { for store in stores { await store.close() } }
}

/// Returns the store's error that some work throws, or `nil` if it throws none.
func storeError(_ work: () async throws -> Void) async -> StoreError? {
  do {
    try await work()
    return nil
  } catch {
    return error as? StoreError
  }
}

extension Trait where Self == EveryStore {
  static var everyStore: Self { EveryStore() }
}

/// A store of the kind that a test runs with. Its data outlives it in the folder: of SQLite its file is there, of
/// PostgreSQL the name of its database.
struct TestStore {
  let folder: TemporaryFolder
  let store: any SessionStore

  /// Opens the store of a folder, as the only gateway: one that was killed and still has it open is none any more.
  init(_ folder: TemporaryFolder) async throws {
    self.folder = folder
    switch StoreKind.current {
    case .sqlite: store = try SQLiteStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    case .postgresql:
      let database = try await Self.database(of: folder)
      let opened = try await PostgresStore(
        PostgresAddress(database.url), bot: "bot", member: MemberDescription(name: "test:1", program: "test"),
        logger: .silent)
      try await PostgresServer.shared.execute("DELETE FROM members", in: database.name)
      try await opened.join(rules: "rules")
      store = opened
    }
    await OpenStores.current?.add(store)
  }

  /// Copies the folder with the data that a gateway would leave if it were killed now.
  func snapshot() async throws -> TemporaryFolder {
    let copy = try folder.snapshot()
    guard StoreKind.current == .postgresql else { return copy }
    let (server, original) = (try await PostgresServer.shared, try await Self.database(of: folder).name)
    // No one may be connected to a database that is copied; the store connects again afterwards.
    try await server.execute("ALTER DATABASE \(original) ALLOW_CONNECTIONS false")
    try await server.terminateConnections(to: server.database(original))
    try await server.execute("CREATE DATABASE \(original)_copy TEMPLATE \(original)")
    try await server.execute("ALTER DATABASE \(original) ALLOW_CONNECTIONS true")
    try "\(original)_copy".write(toFile: copy.path(Self.nameFile), atomically: true, encoding: .utf8)
    return copy
  }

  /// Returns the number of rows in a table.
  func count(of table: String) async throws -> Int {
    switch StoreKind.current {
    case .sqlite: try await (store as? SQLiteStore)?.count(of: table) ?? 0
    case .postgresql:
      Int(
        try await PostgresServer.shared.execute(
          "SELECT count(*) FROM \(table)", in: Self.database(of: folder).name)) ?? -1
    }
  }

  private static let nameFile = "database"

  private static func database(of folder: TemporaryFolder) async throws -> PostgresServer.Database {
    let server = try await PostgresServer.shared
    let file = folder.path(nameFile)
    if let name = try? String(contentsOfFile: file, encoding: .utf8) { return server.database(name) }
    let database = try await server.newDatabase()
    try database.name.write(toFile: file, atomically: true, encoding: .utf8)
    return database
  }
}

extension Takeover {
  var isEmpty: Bool { replies.isEmpty && posts.isEmpty }
}

/// The contents of a store, of all its gateways.
extension SessionStore {
  /// Returns the messages that are not answered yet, in the order in which they came.
  func pending() async throws -> [PendingMessage] {
    if let store = self as? SQLiteStore { return try await SessionsTests.pending(of: store) }
    let store = try #require(self as? PostgresStore)
    return try await store.read(selectMessages).map(PendingMessage.init)
  }

  /// Returns everything that was accepted and is not answered yet, in the order in which it came.
  func unfinished() async throws -> [UnfinishedPost] {
    if let store = self as? SQLiteStore { return try await SessionsTests.unfinished(of: store) }
    let store = try #require(self as? PostgresStore)
    let claims = try await store.read(selectOpenClaims).map { row in
      (claim: Claim(text: try row.text(0)), at: Date(milliseconds: try row.int(1)))
    }
    return UnfinishedPost.inOrder(waiting: try await pending(), claims: claims)
  }

  /// Returns the replies that no message waits for and that are not all posted, in the order in which they were stored.
  func pendingReplies() async throws -> [PendingReply] {
    if let store = self as? SQLiteStore { return try await SessionsTests.pendingReplies(of: store) }
    let store = try #require(self as? PostgresStore)
    return try await store.read(selectReplies).map {
      PendingReply(reply: try Reply(resumed: $0), payload: try $0.text(6))
    }
  }
}

// On the store, where its own functions are preferred to those above.
private func pending(of store: isolated SQLiteStore) throws -> [PendingMessage] { try store.pending() }
private func unfinished(of store: isolated SQLiteStore) throws -> [UnfinishedPost] { try store.unfinished() }
private func pendingReplies(of store: isolated SQLiteStore) throws -> [PendingReply] { try store.pendingReplies() }

private let selectMessages: PostgreSQL.Statement = """
  SELECT place, post, session, payload, at,
    EXISTS (SELECT FROM outbox WHERE reply = waiting.post AND message IS NOT NULL), false
  FROM waiting ORDER BY place
  """

private let selectOpenClaims: PostgreSQL.Statement = """
  SELECT post, claimed_at FROM claims WHERE NOT done AND post NOT IN (SELECT post FROM waiting)
  ORDER BY claimed_at, post
  """

private let selectReplies: PostgreSQL.Statement = """
  SELECT place, reply, text, files, is_failure, parts, payload FROM outbox WHERE message IS NULL ORDER BY place
  """

extension SessionStore {
  func claim(_ claim: Claim, at now: Date = .now) async throws(StoreError) -> Bool {
    try await self.claim(claim, of: .channel("channel"), at: now) == .new
  }

  func isClaimed(_ claim: Claim) async throws(StoreError) -> Bool { try await !claimed([claim]).isEmpty }

  func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, at now: Date
  ) async throws(StoreError) -> StoredTurn {
    try await enqueue(claim, session: session, payload: payload, root: nil, at: now)
  }

  func begin(_ session: SessionKey, at now: Date) async throws(StoreError) -> TurnStart {
    try await begin(session, policy: SessionPolicy(), readsHistory: true, leavingOut: nil, at: now)
  }

  func add(_ reply: Reply, payload: String) async throws(StoreError) {
    try await add(reply, payload: payload, finishing: nil)
  }

  func add(_ reply: Reply, to claim: Claim) async throws(StoreError) -> Bool {
    try await add(reply, to: claim, finishing: [])
  }

  func recordPosted(_ count: Int, of reply: ReplyID, thread root: PostID) async throws(StoreError) {
    try await recordPosted(count, of: reply, thread: root, at: .now)
  }

  func removePosted(_ reply: ReplyID, thread root: PostID?) async throws(StoreError) {
    try await removePosted(reply, thread: root, at: .now)
  }

  func joinThread(_ root: PostID) async throws(StoreError) { try await joinThread(root, at: .now) }

  func update(_ cursors: [ChannelID: ChannelCursor]) async throws(StoreError) {
    try await update(cursors, removing: [])
  }
}
