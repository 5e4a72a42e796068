package import Core
package import FoundationEssentials
import PostgreSQL

/// The threads that the bot has posted in. Every post in a thread asks for its own, and the database would be asked about
/// most of them in vain, so the store remembers the last ones. Of those that other gateways join, it hears by their posts.
extension PostgresStore {
  package func recordJoined(thread root: PostID, at now: Date) { threads.recordJoined(root) }

  package func joinThread(_ root: PostID, at now: Date) async throws(StoreError) {
    try await writeSoon(PostgresBatch(), joining: root, at: now)
  }

  /// Makes changes that only record what was posted, in the thread of `root`.
  func writeSoon(_ batch: PostgresBatch, joining root: PostID?, at now: Date) async throws(StoreError) {
    var batch = batch
    let isRecorded = root.map { threads.isRecorded($0, at: now) } ?? true
    if let root, !isRecorded { batch.add(Self.insertThread, .text(root.rawValue), .int(now.milliseconds)) }
    guard !batch.isEmpty else { return }
    try await writeSoon(batch)
    if let root, !isRecorded { threads.record(root, at: now) }
  }

  private static let insertThread: Statement = """
    INSERT INTO threads (root, last_at) VALUES ($1, $2) ON CONFLICT (root) DO UPDATE SET last_at = excluded.last_at
    """

  package func hasJoined(thread root: PostID) async throws(StoreError) -> Bool {
    if let known = threads.isJoined(root) { return known }
    let isJoined = try await !read(Self.selectThread, .text(root.rawValue)).isEmpty
    return threads.record(root, isJoined: isJoined)
  }

  private static let selectThread: Statement = "SELECT 1 FROM threads WHERE root = $1"

  package func forgetUnjoinedThreads() { threads.removeUnjoined() }
}

/// Threads that were asked for or joined, and whether the bot has joined them. It forgets the oldest.
struct JoinedThreadCache {
  private enum Entry {
    case absent
    /// Joined, and written at this time; `nil` if it was only read.
    case joined(at: Date?)
  }

  /// Those that were used since the other ones were.
  private var newer: [PostID: Entry] = [:]
  private var older: [PostID: Entry] = [:]

  private mutating func entry(of root: PostID) -> Entry? {
    if let entry = newer[root] { return entry }
    guard let entry = older[root] else { return nil }
    set(entry, for: root)
    return entry
  }

  private mutating func set(_ entry: Entry, for root: PostID) {
    if newer.count >= Limits.knownThreadsMax / 2 { (older, newer) = (newer, [:]) }
    newer[root] = entry
  }

  /// Returns whether the bot has joined a thread, or `nil` if that is not known.
  mutating func isJoined(_ root: PostID) -> Bool? {
    switch entry(of: root) {
    case .joined: true
    case .absent: false
    case nil: nil
    }
  }

  /// Returns whether the database has recently been told that the bot has posted in a thread.
  mutating func isRecorded(_ root: PostID, at now: Date) -> Bool {
    guard case .joined(let at?) = entry(of: root) else { return false }
    return abs(now.timeIntervalSince(at)) < Limits.joinedThreadSeconds
  }

  /// Records that the database was told so.
  mutating func record(_ root: PostID, at now: Date) { set(.joined(at: now), for: root) }

  /// Records that the bot has posted in a thread.
  mutating func recordJoined(_ root: PostID) {
    if isJoined(root) != true { set(.joined(at: nil), for: root) }
  }

  /// Forgets the threads that are not joined, as far as that was known.
  mutating func removeUnjoined() {
    for path in [\JoinedThreadCache.newer, \.older] {
      self[keyPath: path] = self[keyPath: path].filter { if case .absent = $0.value { false } else { true } }
    }
  }

  /// Records the database's answer, unless the thread was joined meanwhile. Returns whether it is joined.
  mutating func record(_ root: PostID, isJoined: Bool) -> Bool {
    if let known = self.isJoined(root) { return known }
    set(isJoined ? .joined(at: nil) : .absent, for: root)
    return isJoined
  }
}
