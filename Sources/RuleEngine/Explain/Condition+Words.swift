import Core

extension Condition {
  /// The keys that are stated, in the order in which they are asked.
  package var keys: [ConditionKey] { ConditionKey.allCases.filter(states) }

  private func states(_ key: ConditionKey) -> Bool {
    switch key {
    case .author: authors != nil
    case .edited: isEdit != nil
    case .trigger: triggers != nil
    case .kind: kinds != nil
    case .channel: channels != nil
    case .user: users != nil
    case .team: teams != nil
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

  /// The values that a key asks for, as a rules file writes them; empty for `text`, `not` and `any`.
  package func words(for key: ConditionKey) -> [String] {
    switch key {
    case .author: authors?.map(\.rawValue) ?? []
    case .edited: isEdit.map { ["\($0)"] } ?? []
    case .trigger: triggers?.map(\.rawValue) ?? []
    case .kind: kinds?.map(\.rawValue) ?? []
    case .channel: channels?.words ?? []
    case .user: users?.words ?? []
    case .team: teams?.words ?? []
    case .mention: mention.map { [$0.rawValue] } ?? []
    case .command: commands?.sorted() ?? []
    case .thread: thread.map { [$0.rawValue] } ?? []
    case .files: hasFiles.map { ["\($0)"] } ?? []
    case .remote: isRemote.map { ["\($0)"] } ?? []
    case .time: time.map { [$0.words] } ?? []
    case .text, .not, .any: []
    }
  }
}

extension NameSet {
  /// The names in alphabetical order, behind `*` where it is among them.
  package var words: [String] { isEveryone ? ["*"] + names : names }
}
