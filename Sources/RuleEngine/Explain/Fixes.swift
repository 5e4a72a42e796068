import Core

/// The changes of an event that a condition asks for: those that make it hold, and those that make it fail.
///
/// They are candidates, no more: whether one helps is asked of `decide`.
struct Fixes {
  let ruleSet: RuleSet
  let event: Event

  /// What could make a key hold that fails.
  func holding(_ key: ConditionKey, of traced: TracedCondition, _ stated: Condition, _ facts: inout Facts)
    -> [FactChange]
  {
    switch key {
    case .author: return (stated.authors ?? []).map { .author($0) }
    case .edited: return [.edited(!event.isEdit)]
    case .trigger: return (stated.triggers ?? []).flatMap { trigger($0, stated) }
    case .kind: return (stated.kinds ?? []).map { .kind($0) }
    case .channel: return few(stated.channels?.names).map { .channel($0) }
    case .user: return few(stated.users?.names).map { .user($0) }
    case .team: return few(stated.teams?.names).map { .team($0) }
    case .mention: return [.mention(.direct)]
    case .command: return few(stated.commands?.sorted()).map { command($0) }
    case .thread: return [.thread(isReply: stated.thread == .reply, isJoined: false)]
    case .files: return [.files(!event.hasFiles)]
    case .remote: return [.remote(!event.isRemote)]
    case .time: return moment(stated.time, isInside: true)
    case .text:
      guard let test = facts.firstMissing(traced.text).map({ stated.text[$0] }) else { return [] }
      return few(test.patterns).map { .saying(test.kind == .matches ? $0.literal : $0, test.kind) }
    case .not:
      guard let index = facts.firstHolding(traced.not) else { return [] }
      return failing(traced.not[index], stated.not[index], &facts)
    case .any:
      return zip(traced.any, stated.any).flatMap { traced, stated in
        facts.firstFailure(of: traced).map { holding($0, of: traced, stated, &facts) } ?? []
      }
    }
  }

  /// What could make a condition fail that holds.
  func failing(_ traced: TracedCondition, _ stated: Condition, _ facts: inout Facts) -> [FactChange] {
    stated.keys.flatMap { key -> [FactChange] in
      switch key {
      case .author: return Author.takenIn.filter { stated.authors?.contains($0) == false }.map { .author($0) }
      case .edited: return [.edited(!event.isEdit)]
      case .trigger: return [.mention(.none), .thread(isReply: false, isJoined: false)] + otherKinds([.direct])
      case .kind: return otherKinds(stated.kinds ?? [])
      case .channel: return [.channel(nil)]
      case .user: return [.user(nil)] + few(ruleSet.access.users.names).map { .user($0) }
      case .team: return [.team(nil)]
      case .mention: return [.mention(.none)]
      case .command: return []
      case .thread: return [.thread(isReply: stated.thread == .root, isJoined: false)]
      case .files: return [.files(!event.hasFiles)]
      case .remote: return [.remote(!event.isRemote)]
      case .time: return moment(stated.time, isInside: false)
      case .text: return stated.text.flatMap { few($0.patterns).map { .notSaying($0) } }
      case .not:
        return zip(traced.not, stated.not).flatMap { traced, stated in
          facts.firstFailure(of: traced).map { holding($0, of: traced, stated, &facts) } ?? []
        }
      case .any:
        guard let index = facts.firstHolding(traced.any) else { return [] }
        return failing(traced.any[index], stated.any[index], &facts)
      }
    }
  }

  /// Who is let in where the user is not.
  var admitted: [FactChange] { few(ruleSet.access.users.names).map { .user($0) } }

  /// A command that is bound, for whoever typed one that is not or that is not for them.
  var commands: [FactChange] { few(ruleSet.commands.bindings.map(\.name)).map { command($0) } }

  private func otherKinds(_ kinds: CaseSet<ChannelKind>) -> [FactChange] {
    ChannelKind.allCases.filter { !kinds.contains($0) && $0 != event.channel.kind }.map { .kind($0) }
  }

  private func trigger(_ trigger: Trigger, _ stated: Condition) -> [FactChange] {
    switch trigger {
    case .message: []
    case .mention: [.mention(.direct)]
    case .dm: [.kind(.direct)]
    case .thread: [.thread(isReply: true, isJoined: true)]
    case .command: few(stated.commands?.sorted() ?? ruleSet.commands.bindings.map(\.name)).map { command($0) }
    }
  }

  /// The command as it can be typed: Mattermost's own client eats what begins with a slash.
  private func command(_ name: String) -> FactChange {
    let prefixes = ruleSet.commands.prefixes
    return .command((prefixes.first { $0 != "/" } ?? prefixes.first ?? "") + name)
  }

  private func moment(_ window: TimeWindow?, isInside: Bool) -> [FactChange] {
    guard let window, let next = window.next(after: event.milliseconds, isInside: isInside) else { return [] }
    return [.moment(next, words: "\(window.words(at: next)) \(window.zone.name)")]
  }

  private func few<Element>(_ all: [Element]?) -> ArraySlice<Element> {
    (all ?? []).prefix(Limits.alternativesTriedMax)
  }
}

extension Author {
  /// The authors that rules can ask for, people first.
  static let takenIn: [Author] = [.human, .bot, .webhook, .plugin]
}

extension String {
  /// A regular expression without what only says where it stands: where the rest is plain, it finds itself.
  fileprivate var literal: String {
    var text = self[...]
    for mark in ["^", #"\b"#] where text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
    for mark in ["$", #"\b"#] where text.hasSuffix(mark) { text = text.dropLast(mark.count) }
    return String(text)
  }
}
