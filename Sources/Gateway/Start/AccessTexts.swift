import ConfigLoader
import Core
import RuleEngine

/// Who may talk to the bot, in one line.
enum AccessTexts {
  /// `2 users: alice, bob`, or everyone, with the reason where nobody wrote that.
  static func mayTalk(_ access: Access, _ open: OpenAccess?) -> String {
    if access.users.isEveryone { return "everyone on the server" + (open?.reason.map { ", because \($0)" } ?? "") }
    let names = access.users.names
    return names.isEmpty ? access.counted : "\(access.counted): \(StartReport.listed(names))"
  }
}

extension Access {
  /// Who may talk without their names: `everyone`, `nobody` or `2 users`.
  var counted: String {
    if users.isEveryone { return "everyone" }
    return users.names.isEmpty ? "nobody" : users.names.count.counted("user")
  }
}
