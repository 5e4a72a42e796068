import Core
import RuleEngine

extension RulesReader {
  /// Reads what an agent of a model behind an endpoint needs.
  mutating func chat(_ fields: Fields, _ keys: Schema.ChatKeys) -> ChatSettings? {
    let baseURL = value(keys.baseURL, in: fields) ?? keys.baseURLOtherwise
    if let baseURL, let entry = fields[keys.baseURL] { warn(aboutBaseURL: baseURL, keys, at: entry.value.span) }
    let model = value(keys.model, in: fields)
    let settings = ChatSettings(
      baseURL: baseURL ?? "", model: model ?? "", apiKey: value(keys.apiKey, in: fields) ?? nil,
      apiKeyReference: fields[keys.apiKey]?.value.reference, system: value(keys.system, in: fields),
      temperature: value(keys.temperature, in: fields),
      maxTokens: value(keys.maxTokens, in: fields) ?? keys.maxTokensOtherwise,
      headers: value(keys.headers, in: fields) ?? [], body: value(keys.body, in: fields) ?? [],
      reasoning: value(keys.reasoning, in: fields) ?? .hide,
      price: value(keys.price, in: fields), retries: value(keys.retries, in: fields) ?? ChatSettings.defaultRetries)
    return baseURL == nil || model == nil ? nil : settings
  }
}

extension Values {
  /// A decimal number in a range, as it is written.
  static func decimal(_ range: ClosedRange<Int>) -> ValueReader<String> {
    let type = SchemaType.decimal(range)
    return ValueReader(type: type) { node, key, reader in
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard case .scalar(_, .plain) = node.value, text.isJSONNumber, let number = Double(text) else {
        reader.findings.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard Double(range.lowerBound) <= number, number <= Double(range.upperBound) else {
        reader.findings.add(.outOfRange(key, text, range, at: node.span))
        return nil
      }
      return text
    }
  }

  /// A decimal number in a range, in millionths: a `Double` holds far more of them exactly.
  static func millionths(_ range: ClosedRange<Int>) -> ValueReader<Int> {
    decimal(range).map { Int(((Double($0) ?? 0) * 1_000_000).rounded()) }
  }

  static let price: ValueReader<Price> = ValueReader(type: .section("price")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Price.section, key) else { return nil }
    let input = reader.value(Schema.Price.input, in: fields)
    let output = reader.value(Schema.Price.output, in: fields)
    let currency = reader.value(Schema.Price.currency, in: fields) ?? Price.defaultCurrency
    guard let input, let output else { return nil }
    return Price(input: input, output: output, currency: currency)
  }

  /// A currency by its three letters.
  static let currency: ValueReader<String> = ValueReader(type: .currency) { node, key, reader in
    guard let text = reader.read(text(as: .currency), node, key) else { return nil }
    guard text.utf8.count == 3, text.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
      reader.findings.add(.badCurrency(text, at: node.span))
      return nil
    }
    return text
  }

  /// Headers by their names. What looks like a key must come from a variable.
  static let headers: ValueReader<[NamedValue]> = ValueReader(type: .named(.text, .plain)) { node, key, reader in
    reader.entries(node, key, as: .named(.text, .plain)).compactMap { entry in
      guard let name = reader.declaredName(entry) else { return nil }
      guard !HeaderNames.own.contains(name.lowercased()) else {
        reader.findings.add(.badHeader(name, at: entry.keySpan))
        return nil
      }
      guard let named = reader.namedValue(text, entry, name) else { return nil }
      if HeaderNames.secret.contains(name.lowercased()), named.written.holdsLiteral {
        reader.source.masked.append(entry.value.span)
        reader.findings.add(.secretInFile(name, variable: nil, at: entry.value.span))
        return nil
      }
      guard named.value.exposed.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F) }) else {
        reader.findings.add(.badHeader(name, at: entry.value.span))
        return nil
      }
      return named
    }
  }
}

/// Headers that a rules file cannot set, and those whose values are secrets.
private enum HeaderNames {
  static let own: Set<String> = [
    "accept", "anthropic-version", "connection", "content-length", "content-type", "expect", "host",
    "transfer-encoding",
  ]
  static let secret: Set<String> = ["authorization", "api-key", "x-api-key", "cookie", "proxy-authorization"]
}

extension String {
  /// Whether what may be a secret stands in the file: anything but a variable without a text that stands in for it, behind
  /// the name of a scheme, such as `Bearer`.
  fileprivate var holdsLiteral: Bool { wholeMatch(of: /([A-Za-z]+ +)?(\$\{[A-Za-z0-9_]+(:-)?\})+/) == nil }

  /// Whether it is a number as RFC 8259, section 6, has it.
  fileprivate var isJSONNumber: Bool {
    wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil && Double(self)?.isFinite == true
  }
}
