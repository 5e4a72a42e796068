/// The accounts by their original names and by their tokens.
struct AccountIndex: Sendable {
  /// The ids, in the order in which the accounts were added.
  private(set) var ids: [String] = []
  /// The ids of the users that the page can act as.
  private(set) var speakerIDs: Set<String> = []
  private var byName: [String: Account] = [:]
  private var byToken: [String: Account] = [:]
  private var tokens: [String: String] = [:]

  mutating func add(_ user: Account, token: String, isSpeaker: Bool) {
    ids.append(user.id)
    byName[user.username] = user
    byToken[token] = user
    tokens[user.id] = token
    if isSpeaker { speakerIDs.insert(user.id) }
  }

  /// Returns the account of a token, with the original name.
  func account(token: String) -> Account? { byToken[token] }
  /// Returns the account with an original name, ignoring case.
  func account(named name: String) -> Account? { byName[name.lowercased()] }
  func token(of userID: String) -> String? { tokens[userID] }
}
