import RuleEngine

/// The canonical layout of rules files and of files of tests: the order of the keys, the spaces, the line breaks.
package enum RulesFormatter {
  /// Lays a file out. What it means stays, and so does every comment.
  ///
  /// - Parameters:
  ///   - source: the file.
  ///   - environment: the variables that `${NAME}` takes its values from; those that are not set stand as they are.
  ///   - now: milliseconds since 1970 (UTC).
  /// - Throws: the findings of a file with errors, or that the layout would have changed what the file says.
  package static func format(
    _ source: SourceText, environment: [String: String], now: Int64
  ) throws(RulesFormatterError) -> String {
    // Each step is a function of its own, so that the trees of one are freed before the next: together they take many
    // times the memory of the file.
    let isTests = TestFile.isOne(source)
    let meaning = try meaning(of: source, isTests, environment, now)
    let (text, words) = try layout(source, isTests)

    // Whatever was overlooked above, no file is written that says something else.
    let result = SourceText(file: source.file, text: text)
    guard (try? SyntaxTree(result))?.words == words, result.says(thatOf: source) else {
      throw .notKept(file: source.file)
    }
    do throws(RulesFormatterError) {
      guard try self.meaning(of: result, isTests, environment, now) == meaning else {
        throw .notKept(file: source.file)
      }
    } catch {
      throw .notKept(file: source.file)
    }
    return text
  }

  /// Returns the rules of a file, or `nil` for a file of tests.
  /// - Throws: the file's errors.
  private static func meaning(
    of source: SourceText, _ isTests: Bool, _ environment: [String: String], _ now: Int64
  ) throws(RulesFormatterError) -> RuleSet? {
    let rules = isTests ? nil : RulesFile.load(source, environment: environment, now: now)
    let findings = (rules?.diagnostics ?? ConfigTree(source).diagnostics).filter {
      // A file can be laid out where its variables are not at hand.
      $0.severity == .error && $0.code != .unsetVariable
    }
    guard findings.isEmpty else { throw .findings((rules?.source ?? source).report(findings)) }
    return rules?.rules?.withoutPlaces
  }

  /// Returns the file's text laid out, and its comments.
  private static func layout(
    _ source: SourceText, _ isTests: Bool
  ) throws(RulesFormatterError) -> (text: String, words: [String]) {
    guard let tree = try? SyntaxTree(source) else { throw .notKept(file: source.file) }
    CanonicalOrder.sort(tree.root, as: isTests ? Schema.TestFile.section : Schema.File.section)
    return (Layout.text(of: tree), tree.words)
  }
}

/// Why a file was not laid out.
package enum RulesFormatterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file has errors: the findings as a person reads them.
  case findings(String)
  /// The layout would have changed what the file says, or lost a comment.
  case notKept(file: String)

  /// What happened and what to do.
  package var description: String {
    switch self {
    case .findings(let report): report
    case .notKept(let file):
      "\(file): this is left as it is, because laid out anew it would not say the same; write its unusual parts plainer\n"
    }
  }
}

extension SyntaxTree {
  /// The comments' texts, in any order.
  fileprivate var words: [String] { (comments.map(\.text) + prelude).sorted() }
}

extension SourceText {
  /// Whether this holds the same values as another text, whatever the order of the keys.
  fileprivate func says(thatOf other: SourceText) -> Bool {
    guard let root = ConfigTree(self).root, let otherRoot = ConfigTree(other).root else { return false }
    return root.says(thatOf: otherRoot)
  }
}

extension ConfigNode {
  /// Whether this holds the same values as another, whatever the order of the keys.
  fileprivate func says(thatOf other: ConfigNode) -> Bool {
    switch (value, other.value) {
    case (.scalar(let text, let style), .scalar(let otherText, let otherStyle)):
      return text == otherText && (style == .plain) == (otherStyle == .plain)
    case (.sequence(let items), .sequence(let others)):
      return items.count == others.count && zip(items, others).allSatisfy { $0.says(thatOf: $1) }
    case (.mapping(let entries), .mapping(let others)):
      guard entries.count == others.count else { return false }
      let values = others.reduce(into: [:]) { $0[$1.key] = $1.value }
      return entries.allSatisfy { entry in values[entry.key].map { entry.value.says(thatOf: $0) } ?? false }
    default: return false
    }
  }
}

extension RuleSet {
  /// The same rules, standing nowhere.
  fileprivate var withoutPlaces: RuleSet {
    let nowhere = FileLocation(file: "", line: 0, column: 0)
    var set = self
    for index in set.agents.indices { set.agents[index].location = nowhere }
    for index in set.commands.bindings.indices { set.commands.bindings[index].location = nowhere }
    for index in set.rules.indices { set.rules[index].location = nowhere }
    for index in set.tests.indices { set.tests[index].location = nowhere }
    return set
  }
}
