import Core
import MattermostIO
import ServerLookup

/// The accounts of authors, cached.
///
/// The account decides who wrote a post; the name and the props of the post itself prove nothing.
final class AccountDirectory {
  private let client: MattermostClient
  private var accounts = FIFOCache<UserID, UserRecord>(keeping: Limits.accountsMax)

  init(client: MattermostClient) { self.client = client }

  /// Returns an account if it is cached.
  subscript(id: UserID) -> UserRecord? { accounts[id] }

  /// Returns an account, and asks the server if it is not cached. An unknown account counts as a bot's.
  func account(_ id: UserID) async throws(MattermostError) -> UserRecord {
    try await accounts(of: [id]).first ?? .unknown(id)
  }

  /// Returns accounts, and asks the server for those that are not cached; without those that the server does not know.
  func accounts(of ids: [UserID]) async throws(MattermostError) -> [UserRecord] {
    var unknown = ids.filter { accounts[$0] == nil }[...]
    while !unknown.isEmpty {
      for account in try await client.users(ids: Array(unknown.prefix(Limits.namesPerRequest))) { insert(account) }
      unknown = unknown.dropFirst(Limits.namesPerRequest)
    }
    return ids.compactMap { accounts[$0] }
  }

  func insert(_ account: UserRecord) {
    // The other fields are not needed.
    accounts[account.id] = UserRecord(id: account.id, username: account.username, isBot: account.isBot)
  }

  /// Updates an account if it is cached.
  func update(_ account: UserRecord) {
    if accounts[account.id] != nil { insert(account) }
  }

  /// Empties the cache, because updates may have been missed.
  func removeAll() { accounts = FIFOCache(keeping: Limits.accountsMax) }
}
