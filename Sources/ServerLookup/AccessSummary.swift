package import ConfigLoader
import Core
package import RuleEngine

extension Access {
  /// The people with access to the bot, with their names: `2 users: alice, bob`. If it is everyone, the reason follows
  /// unless the rules say so explicitly.
  package func summary(_ open: OpenAccess?) -> String {
    if users.isEveryone { return "everyone on the server" + (open?.reason.map { ", because \($0)" } ?? "") }
    let names = users.names
    return names.isEmpty ? count : "\(count): \(names.listed)"
  }

  /// The people with access to the bot, without their names: `everyone`, `nobody` or `2 users`.
  package var count: String {
    if users.isEveryone { return "everyone" }
    return users.names.isEmpty ? "nobody" : users.names.count.counted("user")
  }
}
