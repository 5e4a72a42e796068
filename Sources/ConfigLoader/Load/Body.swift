import Core
import RuleEngine

extension Values {
  /// Keys of a request's body, each with any value of YAML's core schema that JSON has.
  static let body: ValueReader<[BodyValue.Member]> = ValueReader(type: .body) { node, key, reader in
    reader.entries(node, key, as: .body).compactMap { entry in
      guard !OwnBodyKeys.all.contains(entry.key) else {
        reader.diagnostics.add(
          .ownBodyKey(entry.key, isAgents: OwnBodyKeys.ofAgents.contains(entry.key), at: entry.keySpan))
        return nil
      }
      return reader.bodyValue(entry.value, depth: 1).map { BodyValue.Member(key: entry.key, value: $0) }
    }
  }
}

/// The keys of a body that edgecrab sets itself.
enum OwnBodyKeys {
  static let ofAgents = ["model", "system", "max_tokens", "temperature"]
  static let all = ofAgents + ["messages", "stream"]
}

extension RulesReader {
  /// Returns a value in a body; `nil`, with an error, if JSON has no such value.
  fileprivate mutating func bodyValue(_ node: ConfigNode, depth: Int) -> BodyValue? {
    if case .scalar(let written, let style) = node.value {
      return bodyScalar(written, isPlain: style == .plain, node)
    }
    guard depth <= Limits.bodyNestingMax else {
      diagnostics.add(.bodyTooDeep(at: node.headSpan))
      return nil
    }
    switch node.value {
    case .broken, .scalar: return nil
    case .sequence(let items): return .list(items.compactMap { bodyValue($0, depth: depth + 1) })
    case .mapping(let entries):
      return .map(
        entries.compactMap { entry in
          bodyValue(entry.value, depth: depth + 1).map { BodyValue.Member(key: entry.key, value: $0) }
        })
    }
  }

  private mutating func bodyScalar(_ written: String, isPlain: Bool, _ node: ConfigNode) -> BodyValue? {
    // The value of a variable is always a text.
    guard isPlain, !written.contains("${") else {
      return interpolated(written, node).map { .text(Secret($0), written: written) }
    }
    if node.isNothing { return .null }
    if written.isBoolean { return .bool(written.first?.lowercased() == "t") }
    if let number = YAMLNumber(written) {
      if number.json == nil { diagnostics.add(.bodyNumber(written, at: node.span)) }
      return number.json.map { .number($0) }
    }
    return .text(Secret(written), written: written)
  }
}

/// A number as YAML's core schema writes them (YAML 1.2, section 10.3.2).
private struct YAMLNumber {
  /// The number as RFC 8259, section 6, writes it; `nil` if JSON has no such number.
  let json: String?

  /// Returns `nil` if a plain scalar is not a number.
  init?(_ text: String) {
    let magnitude = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    if [".inf", ".Inf", ".INF"].contains(magnitude) || [".nan", ".NaN", ".NAN"].contains(text) {
      json = nil
    } else if let digits = text.digits(behind: "0x", { $0.isHexDigit }) {
      json = UInt64(digits, radix: 16).map { "\($0)" }
    } else if let digits = text.digits(behind: "0o", { "0"..."7" ~= $0 }) {
      json = UInt64(digits, radix: 8).map { "\($0)" }
    } else if let decimal = Self.decimal(magnitude) {
      json = (text.first == "-" ? "-" : "") + decimal
    } else {
      return nil
    }
  }

  /// A decimal number without a sign. YAML allows leading zeros, and no digits before or after the point.
  private static func decimal(_ text: Substring) -> String? {
    var rest = text
    let whole = rest.popDigits()
    var fraction: Substring = ""
    if rest.first == "." {
      rest.removeFirst()
      fraction = rest.popDigits()
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    var exponent = ""
    if let mark = rest.first, mark == "e" || mark == "E" {
      rest.removeFirst()
      exponent = "e"
      if let sign = rest.first, sign == "-" || sign == "+" { exponent.append(rest.removeFirst()) }
      let digits = rest.popDigits()
      guard !digits.isEmpty else { return nil }
      exponent += digits
    }
    guard rest.isEmpty else { return nil }
    let significant = whole.drop { $0 == "0" }
    return (significant.isEmpty ? "0" : significant) + (fraction.isEmpty ? "" : ".\(fraction)") + exponent
  }
}

extension String {
  fileprivate func digits(behind prefix: String, _ isDigit: (Character) -> Bool) -> Substring? {
    let digits = dropFirst(prefix.count)
    return hasPrefix(prefix) && !digits.isEmpty && digits.allSatisfy { $0.isASCII && isDigit($0) } ? digits : nil
  }
}

extension Substring {
  fileprivate mutating func popDigits() -> Substring {
    let digits = prefix { "0"..."9" ~= $0 }
    self = self[digits.endIndex...]
    return digits
  }
}
