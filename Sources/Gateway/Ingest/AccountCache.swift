import MattermostIO

/// The accounts that were looked up last, by their ids.
struct AccountCache {
  private var accounts = Self.empty

  private static var empty: FIFOCache<UserRecord> { FIFOCache(keeping: Limits.accountsMax) }

  subscript(id: String) -> UserRecord? { accounts[id] }

  /// Keeps an account as the server tells of it now.
  mutating func note(_ account: UserRecord) {
    // Nothing else of it is asked for.
    accounts[account.id] = UserRecord(id: account.id, username: account.username, isBot: account.isBot)
  }

  /// Takes in that an account changed, if it is one of these.
  mutating func refresh(_ account: UserRecord) {
    if accounts[account.id] != nil { note(account) }
  }

  /// Forgets all, because changes may have been missed.
  mutating func forgetAll() { accounts = Self.empty }
}
