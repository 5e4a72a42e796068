import Core
import MattermostIO
import ServerLookup
import Synchronization

/// The accounts of authors, cached.
///
/// The account decides who wrote a post; the name and the props of the post itself prove nothing.
final class AccountDirectory: Sendable {
  private struct State {
    var accounts = FIFOCache<UserID, UserRecord>(keeping: Limits.accountsMax)
    /// Counts how often the cache was emptied: what was asked before may be out of date.
    var generation = 0

    mutating func insert(_ account: UserRecord) {
      // The other fields are not needed.
      accounts[account.id] = UserRecord(id: account.id, username: account.username, isBot: account.isBot)
    }
  }

  private let client: MattermostClient
  private let state = Mutex(State())

  init(client: MattermostClient) { self.client = client }

  /// Returns an account if it is cached.
  subscript(id: UserID) -> UserRecord? { state.withLock { $0.accounts[id] } }

  /// Returns an account, and asks the server if it is not cached. An unknown account counts as a bot's.
  func account(_ id: UserID) async throws(MattermostError) -> UserRecord {
    try await accounts(of: [id]).first ?? .unknown(id)
  }

  /// Returns accounts, and asks the server for those that are not cached; without those that the server does not know.
  func accounts(of ids: [UserID]) async throws(MattermostError) -> [UserRecord] {
    let (generation, known) = state.withLock { state in
      (state.generation, Dictionary(ids.compactMap { id in state.accounts[id].map { (id, $0) } }) { first, _ in first })
    }
    var found = known
    var unknown = ids.filter { known[$0] == nil }[...]
    while !unknown.isEmpty {
      for account in try await client.users(ids: Array(unknown.prefix(Limits.namesPerRequest))) {
        found[account.id] = account
        state.withLock { if $0.generation == generation { $0.insert(account) } }
      }
      unknown = unknown.dropFirst(Limits.namesPerRequest)
    }
    return ids.compactMap { found[$0] }
  }

  func insert(_ account: UserRecord) { state.withLock { $0.insert(account) } }

  /// Updates an account if it is cached.
  func update(_ account: UserRecord) {
    state.withLock { if $0.accounts[account.id] != nil { $0.insert(account) } }
  }

  /// Empties the cache, because updates may have been missed.
  func removeAll() {
    state.withLock { $0 = State(generation: $0.generation + 1) }
  }
}
