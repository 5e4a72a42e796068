internal import TextMatch

/// The index of a rule set: every rule in the lists by which it is found.
struct RulePostings: Sendable {
  let names: ByName<PostingLists>
  /// The rules that are not indexed by a name or a word.
  let open: [Posting]
  /// Those of them whose rest costs more than a comparison.
  let openWithRest: [Posting]
  /// The rules that are indexed by the patterns of one of their text tests.
  let patterns: PostingLists
  /// The first rule that is indexed by patterns, and the union of the gates of such rules: the text is not read if none
  /// of them can win.
  let firstByPattern: UInt32
  let patternGate: Gate?

  init(
    _ conditions: [CompiledCondition], isShadow: [Bool], narrowing matcher: TextMatcher, _ compiler: inout RuleCompiler
  ) {
    var lists = Lists(compiler, patterns: matcher.count)
    let crowds = Crowds(conditions, compiler, matcher)
    for (index, condition) in conditions.enumerated() {
      var left = condition
      let key = crowds.key(of: condition, compiler, matcher)
      switch key {
      case .name(let field): left.names[field] = .everything
      case .text(let test, _): left.rest = left.rest.flatMap { compiler.rest($0, withoutTextTest: test) }
      case nil: break
      }
      let posting = Posting(
        rule: UInt32(index), isShadow: isShadow[index], gate: condition.gate, condition: compiler.store(left))
      lists.add(posting, under: key, condition, compiler.numbers, hasRest: left.rest != nil)
    }
    names = ByName { PostingLists(lists.names[$0.rawValue]) }
    open = lists.open
    openWithRest = lists.openWithRest
    patterns = PostingLists(lists.patterns)
    let byPattern = lists.patterns.joined()
    firstByPattern = byPattern.map(\.rule).min() ?? .max
    patternGate = byPattern.reduce(nil as Gate?) { $0?.union($1.gate) ?? $1.gate }
  }
}

/// A key under which the index finds a rule.
private enum PostingKey {
  case name(NameField)
  /// The patterns of the text test with this index.
  case text(Int, patterns: [Int])
}

/// The number of rules with text tests by their names. If one name has many of them, indexing by words is more
/// selective.
private struct Crowds {
  /// Rules of one name whose texts are searched one by one; for more of them, one pass for all is faster.
  private static let textsMax = 8

  /// The fields whose lists are preferred to those of words: few rules share a channel, a user or a command.
  private static let narrowFields: [NameField] = [.channel, .user, .command]

  private var counts: [[UInt32: Int]] = Array(repeating: [:], count: NameField.allCases.count)

  init(_ conditions: [CompiledCondition], _ compiler: RuleCompiler, _ matcher: TextMatcher) {
    for condition in conditions where Self.narrowTest(condition, compiler, matcher) != nil {
      guard let field = Self.narrowField(condition) else { continue }
      for number in condition.names[field].elements(in: compiler.numbers) {
        counts[field.rawValue][number, default: 0] += 1
      }
    }
  }

  /// Returns the most selective key of a rule; `nil` if every event has to be tried.
  func key(of condition: CompiledCondition, _ compiler: RuleCompiler, _ matcher: TextMatcher) -> PostingKey? {
    let field = Self.narrowField(condition)
    if let test = Self.narrowTest(condition, compiler, matcher),
      field.map({ isCrowded(condition, $0, compiler) }) ?? true
    {
      return .text(test.index, patterns: test.patterns)
    }
    if let field { return .name(field) }
    return condition.names.team.isEverything ? nil : .name(.team)
  }

  private func isCrowded(_ condition: CompiledCondition, _ field: NameField, _ compiler: RuleCompiler) -> Bool {
    condition.names[field].elements(in: compiler.numbers).contains { counts[field.rawValue][$0] ?? 0 > Self.textsMax }
  }

  private static func narrowField(_ condition: CompiledCondition) -> NameField? {
    narrowFields.first { !condition.names[$0].isEverything }
  }

  /// Returns the first text test whose patterns the matcher can narrow down.
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
  /// The lists by `NameField` and the number of the name.
  var names: [[[Posting]]]
  var open: [Posting] = []
  var openWithRest: [Posting] = []
  var patterns: [[Posting]]

  init(_ compiler: RuleCompiler, patterns: Int) {
    names = NameField.allCases.map { Array(repeating: [], count: compiler.count($0)) }
    self.patterns = Array(repeating: [], count: patterns)
  }

  mutating func add(
    _ posting: Posting, under key: PostingKey?, _ condition: CompiledCondition, _ numbers: [UInt32], hasRest: Bool
  ) {
    if isMasked(posting, in: open) { return }
    switch key {
    case .name(let field):
      for number in condition.names[field].elements(in: numbers)
      where !isMasked(posting, in: names[field.rawValue][Int(number)]) {
        names[field.rawValue][Int(number)].append(posting)
      }
    case .text(_, let patterns):
      for pattern in patterns { self.patterns[pattern].append(posting) }
    case nil:
      if hasRest { openWithRest.append(posting) } else { open.append(posting) }
    }
  }

  /// Postings of a list that are searched for one that masks a new one.
  private static let searchedMax = 32

  private func isMasked(_ posting: Posting, in list: [Posting]) -> Bool {
    list.prefix(Self.searchedMax).contains { $0.masks(posting) }
  }
}

/// A rule in the list of a name or a text by which it is found.
struct Posting {
  /// The rule's index in the file.
  var rule: UInt32
  var isShadow: Bool
  var gate: Gate
  /// The remaining condition, as an index of `CompiledRules.conditions`; `nil` if the name and the gate are all of it.
  var condition: Int32?

  /// Returns whether a later rule in the same list can never decide.
  func masks(_ other: Posting) -> Bool { !isShadow && condition == nil && gate.covers(other.gate) }
}

/// Lists of postings, each in the order of the rules, by the number of the name or the pattern.
struct PostingLists {
  private var starts: [UInt32]
  private var postings: [Posting]

  init(_ lists: [[Posting]]) {
    starts = [0]
    postings = []
    starts.reserveCapacity(lists.count + 1)
    postings.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for list in lists {
      postings += list
      starts.append(UInt32(postings.count))
    }
  }

  /// The indices of the postings of a number; empty if it is unknown.
  subscript(number: UInt32) -> Range<Int> {
    guard number < starts.count - 1 else { return 0..<0 }
    return Int(starts[Int(number)])..<Int(starts[Int(number) + 1])
  }

  subscript(index: Int) -> Posting { postings[index] }
}
