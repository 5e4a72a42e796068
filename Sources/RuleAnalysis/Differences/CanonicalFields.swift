import Core
import RuleEngine

/// The keys of a map with their values as a file would write them, in the order of the reference, without defaults.
struct CanonicalFields: Hashable {
  private(set) var keys: [String] = []
  private var values: [String: CanonicalValue] = [:]

  mutating func add(_ key: String, _ value: CanonicalValue?) {
    guard let value, values.updateValue(value, forKey: key) == nil else { return }
    keys.append(key)
  }

  mutating func add(_ key: String, _ text: String?) { add(key, text.map(CanonicalValue.text)) }

  mutating func add(_ key: String, maps: [CanonicalFields]) {
    if !maps.isEmpty { add(key, .maps(Set(maps.map(\.oneLine)).sorted())) }
  }

  mutating func add(_ key: String, anyOf names: some Sequence<String>) { add(key, .list(Set(names).sorted())) }

  /// Adds the requirement of a condition on a field.
  mutating func add(_ key: String, _ value: FieldValue, of field: Field) {
    switch value {
    case .facts where field.domain?.isMultiple != true: add(key, value.words(of: field).first)
    case .facts, .triggers, .names, .commands: add(key, anyOf: value.words(of: field))
    case .reach(let reach): add(key, reach.rawValue)
    case .text(let tests):
      for test in tests {
        add(
          "\(key).\(test.kind.rawValue)" + (test.isCaseSensitive ? " (case: sensitive)" : ""), anyOf: test.patterns)
      }
    case .time(let window):
      if let days = window.days {
        add(key + ".days", .list(days.sorted { $0.rawValue < $1.rawValue }.map { "\($0)" }))
      }
      add(key + ".hours", window.hours == nil ? nil : .list(window.hourWords))
      add(key + ".zone", window.zone.name)
    case .conditions(let conditions): add(key, maps: conditions.map(\.canonicalFields))
    }
  }

  mutating func add(_ key: String, _ names: NameSet?) {
    if let names { add(key, anyOf: (names.isEveryone ? ["*"] : []) + names.names) }
  }

  /// `key: value` for each key.
  var lines: [String] { keys.map { key in "\(key): \(values[key].map(\.element) ?? "")" } }

  /// `{ key: value, … }`, for a map inside of a list. Maps that differ have different texts.
  var oneLine: String { "{ " + lines.joined(separator: ", ") + " }" }

  func differences(to new: CanonicalFields) -> [KeyDifference] {
    (keys + new.keys.filter { values[$0] == nil }).compactMap { key in
      values[key] == new.values[key] ? nil : KeyDifference(key: key, old: values[key], new: new.values[key])
    }
  }
}

extension CanonicalValue {
  /// The value on one line, as in YAML.
  package var oneLine: String {
    switch self {
    case .text(let text): text
    case .list(let texts): texts.count == 1 ? texts[0] : "[" + texts.map(flowScalar).joined(separator: ", ") + "]"
    case .maps(let maps): maps.count == 1 ? maps[0] : "[" + maps.joined(separator: ", ") + "]"
    case .secret(let secret): secret.description
    }
  }

  /// The value as it is written inside of a list or a map.
  fileprivate var element: String {
    switch self {
    case .text(let text): flowScalar(text)
    case .list(let texts) where texts.count == 1: flowScalar(texts[0])
    case .list, .maps, .secret: oneLine
    }
  }
}

/// Returns a text for use inside a list or a map, quoted if its ends would be ambiguous.
func flowScalar(_ text: String) -> String {
  let special: Set<Unicode.Scalar> = [",", "[", "]", "{", "}", "\"", "'"]
  let isPlain =
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !special.contains($0) }
    && !text.contains(": ") && text.first != " " && text.last != " "
  return isPlain ? text : JSON.string(text).text
}
