import Core
import RuleEngine

/// Rules and an event for which a check fails.
struct FailingCase {
  var rules: RuleSet
  var event: Event

  /// Returns the case after removing one part after the other, as long as the rest still fails. The number of tries is
  /// limited: a failure that needs many rules would take minutes.
  func shrunk(tries: Int = 3_000, while fails: (FailingCase) throws -> Bool) rethrows -> FailingCase {
    var (small, left) = (self, tries)
    func isStillFailing(_ simpler: FailingCase) throws -> Bool {
      left -= 1
      return try left >= 0 && fails(simpler)
    }
    while let smaller = try small.simplifications.first(where: isStillFailing) { small = smaller }
    return small
  }

  private var simplifications: [FailingCase] {
    rules.simplifications.map { FailingCase(rules: $0, event: event) }
      + event.simplifications.map { FailingCase(rules: rules, event: $0) }
  }
}

extension RuleSet {
  fileprivate var simplifications: [RuleSet] {
    let shorter = rules.shorter.map { rules in changing(self) { $0.rules = rules } }
    let plainer = [
      changing(self) { $0.access = Access() }, changing(self) { $0.commands = Commands(unknown: .agent) },
    ]
    let simpler = rules.indices.flatMap { index in
      rules[index].simplifications.map { rule in changing(self) { $0.rules[index] = rule } }
    }
    return shorter + plainer.filter { $0 != self } + simpler
  }
}

extension Rule {
  fileprivate var simplifications: [Rule] {
    let plainer = [changing(self) { $0.mode = .live }, changing(self) { $0.action = .ignore }].filter { $0 != self }
    return plainer + when.simplifications.map { when in changing(self) { $0.when = when } }
  }
}

extension Condition {
  fileprivate var simplifications: [Condition] {
    let leavingOut: [(inout Condition) -> Void] = [
      { $0.triggers = nil }, { $0.mention = nil }, { $0.channels = nil }, { $0.teams = nil }, { $0.users = nil },
      { $0.kinds = nil }, { $0.authors = nil }, { $0.commands = nil }, { $0.text = [] }, { $0[flag: .files] = nil },
      { $0[flag: .remote] = nil },
      { $0.thread = nil }, { $0[flag: .edited] = nil }, { $0.time = nil }, { $0.not = [] }, { $0.any = [] },
      { $0.time?.days = nil }, { $0.time?.hours = nil },
    ]
    var all = leavingOut.map { changing(self, $0) }.filter { $0 != self }
    func add<Value>(_ values: [Value], to key: WritableKeyPath<Condition, Value>) {
      all += values.map { value in changing(self) { $0[keyPath: key] = value } }
    }
    add(fewer(triggers), to: \.triggers)
    add(fewer(kinds), to: \.kinds)
    add(fewer(authors), to: \.authors)
    add(fewer(channels), to: \.channels)
    add(fewer(teams), to: \.teams)
    add(fewer(users), to: \.users)
    add(commands.map { $0.sorted().fewer.map { Set($0) } } ?? [], to: \.commands)
    add(text.simpler { test in test.patterns.fewer.map { few in changing(test) { $0.patterns = few } } }, to: \.text)
    add(not.simpler(\.simplifications), to: \.not)
    add(any.simpler(\.simplifications), to: \.any)
    return all
  }

  private func fewer<Case>(_ set: CaseSet<Case>?) -> [CaseSet<Case>?] {
    set.map { Array($0).fewer.map { CaseSet($0) } } ?? []
  }

  private func fewer(_ set: NameSet?) -> [NameSet?] {
    set.map { set in set.names.fewer.map { NameSet($0, isEveryone: set.isEveryone) } } ?? []
  }
}

extension Event {
  fileprivate var simplifications: [Event] {
    let plainer: [(inout Event) -> Void] = [
      { $0.team = nil }, { $0.channel.kind = .public }, { $0.author = .human }, { $0.mention = .none },
      { $0.thread = .root }, { $0.hasFiles = false }, { $0.isRemote = false }, { $0.isEdit = false },
      { $0.milliseconds = 0 },
    ]
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let shorter = words.shorter.map { words in
      Event(
        post: post, team: team, channel: channel, user: user, author: author, mention: mention, thread: thread,
        text: words.joined(separator: " "), botName: "edgecrab", hasFiles: hasFiles, isRemote: isRemote, isEdit: isEdit,
        milliseconds: milliseconds)
    }
    return (plainer.map { changing(self, $0) } + shorter).filter { $0 != self }
  }
}

extension Array {
  /// The lists without a half of the elements, without a quarter, and so on down to a single one.
  fileprivate var shorter: [[Element]] {
    guard !isEmpty else { return [] }
    return sequence(first: (count + 1) / 2) { $0 > 1 ? $0 / 2 : nil }.flatMap { size in
      stride(from: 0, to: count, by: size).map { start in
        Array(self[..<start] + self[Swift.min(start + size, count)...])
      }
    }
  }

  /// The shorter lists that are not empty.
  fileprivate var fewer: [[Element]] { shorter.filter { !$0.isEmpty } }

  /// Returns the lists with fewer elements, or with one of the elements simplified.
  fileprivate func simpler(_ simplifications: (Element) -> [Element]) -> [[Element]] {
    fewer
      + indices.flatMap { index in
        simplifications(self[index]).map { element in changing(self) { $0[index] = element } }
      }
  }
}

private func changing<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var changed = value
  change(&changed)
  return changed
}
