import ConfigLoader
import Core

/// What is said of names in the rules: in the log, on the terminal and in `/status`.
enum NameTexts {
  /// What has happened to a name, and what to do.
  static func moved(_ moved: RenamedEntity) -> String { "\(what(moved)); \(cure(moved))" }

  /// What has happened to a name.
  static func what(_ moved: RenamedEntity) -> String {
    let (said, now) = (shown(moved.name, moved.role), moved.now.map { shown($0, moved.role) })
    guard moved.isTaken else {
      return "the rules say \(said), which is now called \(now ?? "otherwise"); they go on matching its id"
    }
    let bearer = now.map { ", now called \($0)" } ?? ""
    return "the rules say \(said), which is by now the name of another \(moved.role.rawValue); they go on meaning the "
      + "one that had it before\(bearer)"
  }

  /// What to do about it.
  static func cure(_ moved: RenamedEntity) -> String {
    "change the file" + (moved.isTaken ? ", or restart with --accept-renames" : "")
  }

  /// The same for the chat, where a private channel's name is not for everybody.
  static func shortly(_ moved: [RenamedEntity]) -> String {
    let users = moved.filter { $0.role == .user }.map { entry in
      // As code: to tell of somebody is not to call them.
      func said(_ name: String) -> String { shown(name, .user).codeSpan(atMost: Limits.shortened) }
      if entry.isTaken { return "\(said(entry.name)) is another user's name by now" }
      return "\(said(entry.name)) is now called \(entry.now.map(said) ?? "otherwise")"
    }
    let others = moved.count - users.count
    let rest = others == 0 ? [] : ["other names: \(others)"]
    return (users.prefix(Limits.channelsShown) + rest).joined(separator: "; ") + "; the rules go on matching ids"
  }

  /// Names that lead nowhere, a sentence each.
  static func unknown(_ names: [(role: NameRole, names: Set<String>)]) -> [String] {
    names.flatMap { role, names in
      names.sorted().map { "the rules name \(shown($0, role)), \(trouble(role))" }
    }
  }

  private static func trouble(_ role: NameRole) -> String {
    role == .user
      ? "and the server knows no such user; conditions on it never hold"
      : "and the bot is in no such \(role.rawValue); add it"
  }

  private static func shown(_ name: String, _ role: NameRole) -> String {
    switch role {
    case .user: "@\(name)"
    case .channel: "~\(name)"
    default: "\(role.rawValue) \(name)"
    }
  }
}
