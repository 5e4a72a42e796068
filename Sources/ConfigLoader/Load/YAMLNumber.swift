/// A number as YAML's core schema writes them (YAML 1.2, section 10.3.2).
struct YAMLNumber {
  /// The number as RFC 8259, section 6, writes it; nil where JSON has none such.
  let json: String?

  /// Reads a plain scalar; nil where it is no number.
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

  /// A decimal number without a sign. YAML lets zeros stand before it, and nothing before or behind its point.
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
