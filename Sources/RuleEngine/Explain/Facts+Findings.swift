import Core
internal import TextMatch

extension Facts {
  /// Why a condition does not hold: its first key that fails; nil where it holds.
  ///
  /// - Parameter stated: the same condition as the rule set has it, with its names.
  mutating func failure(of condition: TracedCondition, stated: Condition) -> ConditionFinding? {
    guard var finding = firstFinding(of: condition, stated: stated) else { return nil }
    switch finding.key {
    case .not:
      if let index = firstHolding(condition.not) {
        finding.parts = holding(condition.not[index], stated: stated.not[index])
      }
    case .any: finding.parts = zip(condition.any, stated.any).compactMap { failure(of: $0, stated: $1) }
    default: break
    }
    return finding
  }

  /// The same without its parts, of which a file can hold a million.
  mutating func firstFinding(of condition: TracedCondition, stated: Condition) -> ConditionFinding? {
    guard let key = firstFailure(of: condition) else { return nil }
    guard key == .text else { return finding(key, stated, isDenied: false) }
    let test = firstMissing(condition.text).map { stated.text[$0] }
    return ConditionFinding(.text, expected: test?.patterns ?? [], found: [event.body], test: test)
  }

  /// Why a condition holds that must not: all that it states.
  private mutating func holding(_ condition: TracedCondition, stated: Condition) -> [ConditionFinding] {
    stated.keys.flatMap { key -> [ConditionFinding] in
      switch key {
      case .not:
        let parts = zip(condition.not, stated.not).compactMap { failure(of: $0, stated: $1) }
        return [ConditionFinding(.not, isDenied: true, parts: parts)]
      case .any:
        guard let index = firstHolding(condition.any) else { return [] }
        return [
          ConditionFinding(.any, isDenied: true, parts: holding(condition.any[index], stated: stated.any[index]))
        ]
      case .text:
        return stated.text.map {
          ConditionFinding(.text, isDenied: true, expected: $0.patterns, found: [event.body], test: $0)
        }
      default: return [finding(key, stated, isDenied: true)]
      }
    }
  }

  private func finding(_ key: ConditionKey, _ stated: Condition, isDenied: Bool) -> ConditionFinding {
    ConditionFinding(key, isDenied: isDenied, expected: stated.words(for: key), found: words(for: key, stated))
  }

  /// What the event has where a condition asks for `key`.
  private func words(for key: ConditionKey, _ stated: Condition) -> [String] {
    switch key {
    case .author: return [event.author.rawValue]
    case .edited: return ["\(event.isEdit)"]
    case .trigger:
      let triggers = triggers(stated.mention).subtracting([.message])
      if triggers.isEmpty, event.mention == .channelWide { return ["mention: channel-wide"] }
      return triggers.isEmpty ? [Trigger.message.rawValue] : triggers.map(\.rawValue)
    case .kind: return [event.channel.kind.rawValue]
    case .channel: return [event.channel.name]
    case .user: return [event.user.name]
    case .team: return event.team.isEmpty ? [] : [event.team]
    case .mention: return [event.mention.rawValue]
    case .command: return command.map { [String($0.name)] } ?? []
    case .thread: return [(event.thread.root == nil ? ThreadPosition.root : .reply).rawValue]
    case .files: return ["\(event.hasFiles)"]
    case .remote: return ["\(event.isRemote)"]
    case .time: return stated.time.map { [$0.words(at: event.milliseconds)] } ?? []
    case .text: return [event.body]
    case .not, .any: return []
    }
  }
}
