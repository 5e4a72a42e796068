import RuleEngine
import TextMatch

/// Whether upper and lower case differ, as a file says it.
enum LetterCase: String, CaseIterable, Sendable {
  case insensitive, sensitive
}

/// A regular expression as it is meant.
struct ExpressionKey: Hashable, Sendable {
  var text: String
  var isCaseSensitive: Bool
}

/// A pattern with where it stands.
struct Pattern: Sendable {
  var text: String
  var node: ConfigNode
}

extension Values {
  /// A plain text, which stands anywhere; or tests by name.
  static let textTests: ValueReader<[TextTest]> = ValueReader(type: .either([.oneOrMany(.text), .section("text")])) {
    node, key, reader in
    guard case .mapping = node.value else {
      guard let patterns = reader.read(patterns, node, key) else { return nil }
      for pattern in patterns where pattern.text.looksLikeExpression {
        reader.findings.add(.expressionAsText(pattern.text, at: pattern.node.span))
      }
      return [TextTest(kind: .contains, patterns: patterns.map(\.text))]
    }
    return reader.fields(node, as: Schema.Text.section, key).map { reader.textTests($0) }
  }

  static let patterns = oneOrMany(pattern(.text))
  static let expressions = oneOrMany(pattern(.expression))
  static let letterCase = choice(LetterCase.self)

  private static func pattern(_ type: SchemaType) -> ValueReader<Pattern> {
    let text = text(as: type)
    return ValueReader(type: type) { node, key, reader in
      guard let text = reader.read(text, node, key) else { return nil }
      guard text.utf8.count <= Limits.patternBytesMax else {
        reader.findings.add(.tooLong(key, at: node.span))
        return nil
      }
      return Pattern(text: text, node: node)
    }
  }
}

extension String {
  /// Whether somebody who wrote this meant a regular expression: `/…/`, or signs that no message has.
  fileprivate var looksLikeExpression: Bool {
    if hasPrefix("/"), hasSuffix("/"), count > 2 { return true }
    return [".*", ".+", #"\d"#, #"\w"#, #"\b"#, #"\s"#, "[a-z", "[0-9"].contains { self.contains($0) }
  }
}

extension RulesReader {
  fileprivate mutating func textTests(_ fields: Fields) -> [TextTest] {
    let isCaseSensitive = value(Schema.Text.letterCase, in: fields) == .sensitive
    let kinds: [(TextTestKind, Key<[Pattern]>)] = [
      (.contains, Schema.Text.contains), (.word, Schema.Text.word), (.startsWith, Schema.Text.startsWith),
      (.endsWith, Schema.Text.endsWith), (.equals, Schema.Text.equals), (.matches, Schema.Text.matches),
    ]
    var tests: [TextTest] = []
    for (kind, key) in kinds {
      guard let patterns = value(key, in: fields) else { continue }
      if kind == .matches {
        for pattern in patterns { check(pattern, isCaseSensitive: isCaseSensitive) }
      }
      tests.append(TextTest(kind: kind, patterns: patterns.map(\.text), isCaseSensitive: isCaseSensitive))
    }
    return tests
  }

  private mutating func check(_ expression: Pattern, isCaseSensitive: Bool) {
    let key = ExpressionKey(text: expression.text, isCaseSensitive: isCaseSensitive)
    if expressions[key] == nil {
      guard expressions.count < Limits.expressionsMax else {
        findings.add(.tooManyExpressions(at: expression.node.span))
        return
      }
      expressions[key] = TextMatcher.review(expression: key.text, isCaseSensitive: key.isCaseSensitive)
    }
    guard let review = expressions[key] else { return }
    if let problem = review.problem {
      let span = span(ofByte: problem.offset, of: expression.text, in: expression.node)
      findings.add(.badExpression(problem.message, of: expression.text, at: span))
    }
    if let boundary = review.misledBoundary {
      let span = span(ofByte: boundary, of: expression.text, in: expression.node)
      findings.add(.boundaryBeyondASCII(word: review.word, at: span))
    }
    if review.isASCIIOnly { findings.add(.expressionOfASCII(at: expression.node.span)) }
  }
}
