package import ConfigLoader
import RuleEngine

/// Formats rules files and files of tests: the order of keys, spaces and line breaks.
package enum RulesFormatter {
  /// Returns the formatted text of a file, with the same meaning and the same comments.
  ///
  /// - Parameters:
  ///   - source: the file.
  ///   - environment: the variables for `${NAME}`; unset ones are no error.
  ///   - now: milliseconds since 1970 (UTC).
  /// - Throws: the diagnostics of a file with errors, or that formatting would have changed its meaning.
  package static func format(
    _ source: SourceText, environment: [String: String], now: Int64
  ) throws(RulesFormatterError) -> String {
    // Each step is a separate function, so that its trees are freed before the next step: they take many times the
    // memory of the file.
    let isTests = TestFile.isOne(source)
    let meaning = try meaning(of: source, isTests, environment, now)
    let (text, comments) = try layout(source, isTests)

    // In case of a mistake above, no file is written that has another meaning.
    let result = SourceText(file: source.file, text: text)
    guard (try? SyntaxTree(result))?.commentTexts == comments, result.hasValues(of: source) else {
      throw .meaningChanged(file: source.file)
    }
    do throws(RulesFormatterError) {
      guard try self.meaning(of: result, isTests, environment, now) == meaning else {
        throw .meaningChanged(file: source.file)
      }
    } catch {
      throw .meaningChanged(file: source.file)
    }
    return text
  }

  /// Returns the rules of a file, or `nil` for a file of tests.
  /// - Throws: the errors of the file.
  private static func meaning(
    of source: SourceText, _ isTests: Bool, _ environment: [String: String], _ now: Int64
  ) throws(RulesFormatterError) -> RuleSet? {
    let rules = isTests ? nil : RulesFile.load(source, environment: environment, now: now)
    let diagnostics = (rules?.diagnostics ?? ConfigTree(source).diagnostics).filter {
      // A file can be formatted without its variables.
      $0.severity == .error && $0.code != .unsetVariable
    }
    guard diagnostics.isEmpty else { throw .diagnostics((rules?.source ?? source).report(diagnostics)) }
    return rules?.rules?.withoutLocations
  }

  /// Returns the formatted text, and the texts of the comments.
  private static func layout(
    _ source: SourceText, _ isTests: Bool
  ) throws(RulesFormatterError) -> (text: String, comments: [String]) {
    guard let tree = try? SyntaxTree(source) else { throw .meaningChanged(file: source.file) }
    CanonicalOrder.sort(tree.root, by: isTests ? .testFile : .rulesFile)
    return (Layout.text(of: tree), tree.commentTexts)
  }
}

/// The reason why a file was not formatted.
package enum RulesFormatterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file has errors: the diagnostics as text.
  case diagnostics(String)
  /// Formatting would have changed the meaning of the file, or lost a comment.
  case meaningChanged(file: String)

  /// The reason and the remedy.
  package var description: String {
    switch self {
    case .diagnostics(let report): report
    case .meaningChanged(let file):
      "\(file): not changed, because formatting would change its meaning; simplify its unusual parts\n"
    }
  }
}

extension SyntaxTree {
  /// The texts of the comments, sorted.
  fileprivate var commentTexts: [String] { (comments.map(\.text) + prelude).sorted() }
}

extension SourceText {
  /// Returns whether both texts have the same values in any order of keys.
  fileprivate func hasValues(of other: SourceText) -> Bool {
    guard let root = ConfigTree(self).root, let otherRoot = ConfigTree(other).root else { return false }
    return root.hasValues(of: otherRoot)
  }
}

extension ConfigNode {
  /// Returns whether both have the same values in any order of keys.
  fileprivate func hasValues(of other: ConfigNode) -> Bool {
    switch (value, other.value) {
    case (.scalar(let text, let style), .scalar(let otherText, let otherStyle)):
      return text == otherText && (style == .plain) == (otherStyle == .plain)
    case (.sequence(let items), .sequence(let others)):
      return items.count == others.count && zip(items, others).allSatisfy { $0.hasValues(of: $1) }
    case (.mapping(let entries), .mapping(let others)):
      guard entries.count == others.count else { return false }
      let values = others.reduce(into: [:]) { $0[$1.key] = $1.value }
      return entries.allSatisfy { entry in values[entry.key].map { entry.value.hasValues(of: $0) } ?? false }
    default: return false
    }
  }
}

extension RuleSet {
  /// The rules without their locations in the file.
  fileprivate var withoutLocations: RuleSet {
    let nowhere = FileLocation(file: "", line: 0, column: 0)
    var set = self
    for index in set.agents.indices { set.agents[index].location = nowhere }
    for index in set.commands.bindings.indices { set.commands.bindings[index].location = nowhere }
    for index in set.rules.indices { set.rules[index].location = nowhere }
    for index in set.tests.indices { set.tests[index].location = nowhere }
    return set
  }
}
