import Core
import RuleEngine

extension Values {
  /// A server's address, whose query may only be the version of its API, as Azure has it.
  static let address: ValueReader<String> = ValueReader(type: .address) { node, key, reader in
    guard let text = reader.read(text(as: .address), node, key) else { return nil }
    do throws(WebAddress.Problem) {
      return try WebAddress(text, parameters: ["api-version"]).text
    } catch {
      // A user name before an `@` is mostly followed by a password.
      if text.contains("@") { reader.source.masked.append(node.span) }
      reader.diagnostics.add(.badAddress(key, error, at: node.span))
      return nil
    }
  }

  /// A secret: the value of one variable, never text in the file; the value is `nil` if the variable is empty.
  static let secret: ValueReader<Secret?> = ValueReader(type: .secret) { node, key, reader in
    guard case .scalar(let text, _) = node.value, let variable = Variable(reference: text) else {
      reader.source.masked.append(node.span)
      if case .scalar(let text, _) = node.value {
        reader.diagnostics.add(.secretInFile(key, variable: text.variableAsWrittenElsewhere, at: node.span))
      } else {
        reader.diagnostics.add(.wrongType(key, expected: .secret, found: node))
      }
      return nil
    }
    guard let value = reader.interpolated(text, node, isSecret: true) else { return nil }
    guard value.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
      reader.diagnostics.add(.malformedSecret(variable.name, at: node.span))
      return nil
    }
    return .some(value.isEmpty ? nil : Secret(value))
  }

  /// A decimal number in a range, as it is written in the file.
  static func decimal(_ range: ClosedRange<Int>) -> ValueReader<String> {
    let type = SchemaType.decimal(range)
    return ValueReader(type: type) { node, key, reader in
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard case .scalar(_, .plain) = node.value, text.isJSONNumber, let number = Double(text) else {
        reader.diagnostics.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard Double(range.lowerBound) <= number, number <= Double(range.upperBound) else {
        reader.diagnostics.add(.outOfRange(key, text, range, at: node.span))
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
      reader.diagnostics.add(.badCurrency(text, at: node.span))
      return nil
    }
    return text
  }

  /// Headers by their names. Those for credentials must come from variables.
  static let headers: ValueReader<[NamedValue]> = ValueReader(type: .named(.text, .plain)) { node, key, reader in
    reader.entries(node, key, as: .named(.text, .plain)).compactMap { entry in
      guard let name = reader.declaredName(entry) else { return nil }
      guard !HeaderNames.own.contains(name.lowercased()) else {
        reader.diagnostics.add(.badHeader(name, at: entry.keySpan))
        return nil
      }
      guard let named = reader.namedValue(text, entry, name) else { return nil }
      if HeaderNames.secret.contains(name.lowercased()), named.written.holdsLiteral {
        reader.source.masked.append(entry.value.span)
        reader.diagnostics.add(.secretInFile(name, variable: nil, at: entry.value.span))
        return nil
      }
      guard named.value.exposed.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F) }) else {
        reader.diagnostics.add(.badHeader(name, at: entry.value.span))
        return nil
      }
      return named
    }
  }
}

/// Headers that a rules file cannot set, and those for credentials.
private enum HeaderNames {
  static let own: Set<String> = [
    "accept", "anthropic-version", "connection", "content-length", "content-type", "expect", "host",
    "transfer-encoding",
  ]
  static let secret: Set<String> = ["authorization", "api-key", "x-api-key", "cookie", "proxy-authorization"]
}

extension String {
  /// Indicates whether the file may contain a secret: anything but variables without defaults, after a scheme such as
  /// `Bearer`.
  fileprivate var holdsLiteral: Bool { wholeMatch(of: /([A-Za-z]+ +)?(\$\{[A-Za-z0-9_]+(:-)?\})+/) == nil }

  /// Indicates whether it is a number by RFC 8259, section 6.
  fileprivate var isJSONNumber: Bool {
    wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil && Double(self)?.isFinite == true
  }
}

extension ConfigNode {
  /// The text of a value that is one variable and nothing else, or `nil`.
  var reference: String? {
    guard case .scalar(let text, _) = value, Variable(reference: text) != nil else { return nil }
    return text
  }
}

extension String {
  /// The variable's name in `$NAME`, `$(NAME)` and `{{NAME}}`, or `nil`. Only names that end like those of keys count:
  /// other text may be a secret, which no message repeats.
  fileprivate var variableAsWrittenElsewhere: String? {
    let name = drop { "${( ".contains($0) }.prefix { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) }
    let isMarked = hasPrefix("$") || hasPrefix("{")
    let rest = self[name.endIndex...]
    guard isMarked, rest.allSatisfy({ "}) ".contains($0) }), Variable.isName(name),
      ["_KEY", "_TOKEN", "_SECRET"].contains(where: name.hasSuffix)
    else { return nil }
    return String(name)
  }
}

extension Variable {
  /// Reads a scalar that is one variable without a default and nothing else.
  fileprivate init?(reference text: String) {
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
    self.init(text.dropFirst(2).dropLast())
    guard fallback ?? "" == "" else { return nil }
  }
}

extension RulesReader {
  /// Warns of an address that is probably not the base of an API.
  mutating func warn(aboutBaseURL address: String, _ api: ChatAPI, at span: SourceSpan) {
    let parts = address.split(separator: "?", maxSplits: 1)
    guard let base = parts.first else { return }
    if let path = api.definition.endpointPaths.first(where: { base.lowercased().hasSuffix($0) }) {
      diagnostics.add(.endpointPathInURL(path, at: span))
    } else if parts.count == 1, !base.hasVersionOrNeedsNone {
      diagnostics.add(.noVersionInURL(at: span))
    }
  }
}

extension Substring {
  /// Indicates whether a segment of this address's path is a version, or the host is known to answer without one.
  fileprivate var hasVersionOrNeedsNone: Bool {
    // `https:`, an empty one, the host, and those of the path.
    let segments = lowercased().split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    if let host = segments.first, hostsWithoutVersion.contains(String(host)) { return true }
    return segments.dropFirst().contains { segment in
      let digits = segment.dropFirst()
      return segment.first == "v" && digits.first?.isNumber == true
    }
  }
}

/// Services that answer at `/chat/completions` itself, by their own documentation.
private let hostsWithoutVersion: Set<String> = [
  "api.deepseek.com", "api.perplexity.ai", "models.inference.ai.azure.com", "models.github.ai",
]
