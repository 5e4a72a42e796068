import Core
import RuleEngine
import TextMatch

extension Values {
  static let when: ValueReader<Condition> = ValueReader(type: .section("when")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.When.section, key) else { return nil }
    var condition = Condition()
    for (key, row) in Schema.When.keys {
      if let value = reader.value(row, in: fields) { condition[key] = value }
    }
    return condition
  }

  /// Reads the condition on a field.
  static func condition(on field: Field) -> ValueReader<FieldValue> {
    switch field.test {
    case .options: options(of: field)
    case .trigger: choices(Trigger.self).map { .triggers($0) }
    case .reach: choice(MentionReach.self).map { .reach($0) }
    case .names(.channel): names(.channel).map { .names($0) }
    case .names(.user): names(.user).map { .names($0) }
    case .names(.team): names(.team).map { .names($0) }
    case .names(.command): boundCommands.map { .commands($0) }
    case .text: textTests.map { .text($0) }
    case .time: time.map { .time($0) }
    case .not: negatedWhen.map { .conditions($0) }
    case .any: oneOrMany(when).map { .conditions($0) }
    }
  }

  private static func options(of field: Field) -> ValueReader<FieldValue> {
    guard let domain = field.domain else { return boolean.map { _ in .facts([]) } }
    if domain.isFlag { return boolean.map { .facts(domain.bit(of: "\($0)")) } }
    let option = choice(of: domain.options.map(\.word))
    return domain.isMultiple
      ? oneOrMany(option).map { .facts(domain.bits(ofOptions: $0)) }
      : option.map { .facts(domain.bits(ofOptions: [$0])) }
  }

  /// Reads the value of a fact that an event is given.
  static func value(of domain: FactDomain) -> ValueReader<String> {
    domain.isFlag ? boolean.map { "\($0)" } : choice(of: domain.values.map(\.word))
  }

  /// One condition for each key, so that none of the keys may hold.
  private static let negatedWhen: ValueReader<[Condition]> = ValueReader(type: .section("when")) { node, key, reader in
    reader.read(when, node, key)?.onePerKey
  }
}

extension Condition {
  /// The condition split into one for each of its keys. `trigger` and `mention` stay together, because `mention`
  /// selects the mentions that `trigger` means.
  var onePerKey: [Condition] {
    let calls = ConditionKey.allCases.filter { $0 == .trigger || $0 == .mention }
    let others = ConditionKey.allCases.filter { !calls.contains($0) }.map { [$0] }
    return ([calls] + others).map(part).filter { $0 != Condition() }
  }

  /// Returns the condition with some of its keys.
  private func part(_ keys: [ConditionKey]) -> Condition {
    keys.reduce(into: Condition()) { $0[$1] = self[$1] }
  }
}

/// The sensitivity of a test to letter case.
enum LetterCase: String, CaseIterable, Sendable {
  case insensitive, sensitive
}

/// A regular expression and its letter case.
struct ExpressionKey: Hashable, Sendable {
  var text: String
  var isCaseSensitive: Bool
}

/// A pattern and its node.
struct Pattern: Sendable {
  var text: String
  var node: ConfigNode
}

extension Values {
  /// A plain text, which may occur anywhere, or tests by name.
  fileprivate static let textTests: ValueReader<[TextTest]> = ValueReader(
    type: .either([.oneOrMany(.text), .section("text")])
  ) {
    node, key, reader in
    guard case .mapping = node.value else {
      guard let patterns = reader.read(patterns, node, key) else { return nil }
      for pattern in patterns where pattern.text.looksLikeExpression {
        reader.diagnostics.add(.expressionAsText(pattern.text, at: pattern.node.span))
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
        reader.diagnostics.add(.tooLong(key, at: node.span))
        return nil
      }
      return Pattern(text: text, node: node)
    }
  }
}

extension String {
  /// Indicates whether this is probably meant as a regular expression: `/…/`, or marks that messages do not have.
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
        diagnostics.add(.tooManyExpressions(at: expression.node.span))
        return
      }
      expressions[key] = TextMatcher.review(expression: key.text, isCaseSensitive: key.isCaseSensitive)
    }
    guard let review = expressions[key] else { return }
    if let problem = review.problem {
      let span = span(ofByte: problem.offset, of: expression.text, in: expression.node)
      diagnostics.add(.badExpression(problem.message, of: expression.text, at: span))
    }
    if let boundary = review.misledBoundary {
      let span = span(ofByte: boundary, of: expression.text, in: expression.node)
      diagnostics.add(.boundaryBeyondASCII(word: review.word, at: span))
    }
    if review.isASCIIOnly { diagnostics.add(.expressionOfASCII(at: expression.node.span)) }
  }
}
