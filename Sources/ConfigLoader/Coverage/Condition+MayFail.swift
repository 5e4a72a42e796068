import Core
import RuleEngine

extension Condition {
  /// Whether the key stands here and asks something: `channel: "*"` and `trigger: message` hold for every event.
  func mayFail(_ key: ConditionKey) -> Bool {
    switch key {
    case .author: authors.map { !$0.isSuperset(of: [.human, .bot, .webhook, .plugin]) } ?? false
    case .edited: isEdit != nil
    case .trigger: triggers.map { !$0.contains(.message) } ?? false
    case .kind: kinds.map { !$0.isSuperset(of: CaseSet(ChannelKind.allCases)) } ?? false
    case .channel: channels.map { !$0.isEveryone } ?? false
    case .user: users.map { !$0.isEveryone } ?? false
    case .team: teams.map { !$0.isEveryone } ?? false
    // Beside the trigger `mention` it says which mentions that means, and is no question of its own.
    case .mention: mention != nil && triggers?.contains(.mention) != true
    case .command: commands != nil
    case .thread: thread != nil
    case .files: hasFiles != nil
    case .remote: isRemote != nil
    case .time: time != nil
    case .not: !not.isEmpty
    case .any: !any.isEmpty
    case .text: !text.isEmpty
    }
  }
}
