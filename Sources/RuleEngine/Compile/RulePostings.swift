internal import TextMatch

/// Every rule in the lists by which it is found.
struct RulePostings: Sendable {
  let channels: PostingLists
  let users: PostingLists
  let commands: PostingLists
  let teams: PostingLists
  /// The rules that no name and no word leads to, those apart whose rest costs more than a comparison.
  let open: [Posting]
  let openWithRest: [Posting]
  /// By the patterns of one of their text tests.
  let patterns: PostingLists
  /// The first rule that is found by a pattern, and what such rules admit: no text is read where none of them can win.
  let firstByPattern: UInt32
  let patternGate: Gate?

  init(
    _ conditions: [CompiledCondition], isShadow: [Bool], narrowing matcher: TextMatcher, _ compiler: inout RuleCompiler
  ) {
    var lists = Lists(compiler, patterns: matcher.count)
    let crowds = Crowds(conditions, compiler, matcher)
    for (index, condition) in conditions.enumerated() {
      var left = condition
      let way = crowds.way(to: condition, compiler, matcher)
      switch way {
      case .channels: left.channels = .everything
      case .users: left.users = .everything
      case .commands: left.commands = .everything
      case .teams: left.teams = .everything
      case .text(let test, _): left.rest = left.rest.flatMap { compiler.rest($0, withoutTextTest: test) }
      case .open: break
      }
      let posting = Posting(
        rule: UInt32(index), isShadow: isShadow[index], gate: condition.gate, condition: compiler.keep(left))
      lists.add(posting, by: way, condition, compiler.numbers, hasRest: left.rest != nil)
    }
    channels = PostingLists(lists.channels)
    users = PostingLists(lists.users)
    commands = PostingLists(lists.commands)
    teams = PostingLists(lists.teams)
    open = lists.open
    openWithRest = lists.openWithRest
    patterns = PostingLists(lists.patterns)
    let byPattern = lists.patterns.joined()
    firstByPattern = byPattern.map(\.rule).min() ?? .max
    patternGate = byPattern.reduce(nil as Gate?) { $0?.union($1.gate) ?? $1.gate }
  }
}

/// What leads to a rule.
enum Way {
  case channels, users, commands, teams, open
  /// The patterns of the text test with this index.
  case text(Int, patterns: [Int])
}

/// How many rules with text tests each name leads to. Where they are many, their words tell them apart better.
private struct Crowds {
  /// Rules of one name whose texts are looked at one by one; more, and one pass for all of them is quicker.
  private static let textsMax = 8

  private var channels: [UInt32: Int] = [:]
  private var users: [UInt32: Int] = [:]
  private var commands: [UInt32: Int] = [:]

  init(_ conditions: [CompiledCondition], _ compiler: RuleCompiler, _ matcher: TextMatcher) {
    for condition in conditions where Self.narrowTest(condition, compiler, matcher) != nil {
      func count(_ set: NumberSet, _ counts: inout [UInt32: Int]) {
        for number in set.elements(in: compiler.numbers) { counts[number, default: 0] += 1 }
      }
      if !condition.channels.isEverything {
        count(condition.channels, &channels)
      } else if !condition.users.isEverything {
        count(condition.users, &users)
      } else if !condition.commands.isEverything {
        count(condition.commands, &commands)
      }
    }
  }

  func way(to condition: CompiledCondition, _ compiler: RuleCompiler, _ matcher: TextMatcher) -> Way {
    let test = Self.narrowTest(condition, compiler, matcher)
    func isCrowded(_ set: NumberSet, _ counts: [UInt32: Int]) -> Bool {
      set.elements(in: compiler.numbers).contains { counts[$0] ?? 0 > Self.textsMax }
    }
    let named: (way: Way, isCrowded: Bool)? =
      if !condition.channels.isEverything {
        (.channels, isCrowded(condition.channels, channels))
      } else if !condition.users.isEverything {
        (.users, isCrowded(condition.users, users))
      } else if !condition.commands.isEverything {
        (.commands, isCrowded(condition.commands, commands))
      } else {
        nil
      }
    if let test, named?.isCrowded ?? true { return .text(test.index, patterns: test.patterns) }
    return named?.way ?? (condition.teams.isEverything ? .open : .teams)
  }

  /// The first text test whose patterns the matcher can narrow down.
  private static func narrowTest(
    _ condition: CompiledCondition, _ compiler: RuleCompiler, _ matcher: TextMatcher
  ) -> (index: Int, patterns: [Int])? {
    guard let rest = condition.rest else { return nil }
    let tests = compiler.rests[Int(rest)].text
    guard let index = tests.firstIndex(where: { $0.allSatisfy(matcher.isNarrowed) }) else { return nil }
    return (index, tests[index])
  }
}

/// The lists while they grow.
private struct Lists {
  var channels: [[Posting]]
  var users: [[Posting]]
  var commands: [[Posting]]
  var teams: [[Posting]]
  var open: [Posting] = []
  var openWithRest: [Posting] = []
  var patterns: [[Posting]]

  init(_ compiler: RuleCompiler, patterns: Int) {
    channels = Array(repeating: [], count: compiler.channels.names.count)
    users = Array(repeating: [], count: compiler.users.names.count)
    commands = Array(repeating: [], count: compiler.commandCount)
    teams = Array(repeating: [], count: compiler.teams.names.count)
    self.patterns = Array(repeating: [], count: patterns)
  }

  mutating func add(
    _ posting: Posting, by way: Way, _ condition: CompiledCondition, _ numbers: [UInt32], hasRest: Bool
  ) {
    if isTaken(posting, in: open) { return }
    switch way {
    case .channels: add(posting, to: \.channels, condition.channels.elements(in: numbers))
    case .users: add(posting, to: \.users, condition.users.elements(in: numbers))
    case .commands: add(posting, to: \.commands, condition.commands.elements(in: numbers))
    case .teams: add(posting, to: \.teams, condition.teams.elements(in: numbers))
    case .text(_, let patterns):
      for pattern in patterns { self.patterns[pattern].append(posting) }
    case .open:
      if hasRest { openWithRest.append(posting) } else { open.append(posting) }
    }
  }

  private mutating func add(
    _ posting: Posting, to lists: WritableKeyPath<Lists, [[Posting]]>, _ numbers: some Sequence<UInt32>
  ) {
    for number in numbers where !isTaken(posting, in: self[keyPath: lists][Int(number)]) {
      self[keyPath: lists][Int(number)].append(posting)
    }
  }

  /// Postings of a list that are looked at for one that leaves nothing to a new one.
  private static let lookedAtMax = 32

  private func isTaken(_ posting: Posting, in list: [Posting]) -> Bool {
    list.prefix(Self.lookedAtMax).contains { $0.takesAll(of: posting) }
  }
}
