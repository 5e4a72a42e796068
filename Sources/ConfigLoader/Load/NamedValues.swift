import Core
import RuleEngine

extension RulesReader {
  /// A text by its name, as `text` reads it: a header's or a variable's, which may be a secret.
  mutating func namedValue(_ text: ValueReader<String>, _ entry: ConfigEntry, _ name: String) -> NamedValue? {
    guard case .scalar(let written, _) = entry.value.value, let value = read(text, entry.value, name) else {
      if case .scalar = entry.value.value { return nil }
      findings.add(.wrongType(name, expected: text.type, found: entry.value))
      return nil
    }
    return NamedValue(name: name, value: Secret(value), written: written)
  }
}
