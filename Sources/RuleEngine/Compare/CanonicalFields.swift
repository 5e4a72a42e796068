import Core

/// A map's keys with their values as they would be written, in the order of the reference; those that say what holds
/// without them are left out.
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

  mutating func add<Choice: RawRepresentable<String>>(_ key: String, _ choices: CaseSet<Choice>?) {
    if let choices { add(key, anyOf: choices.map(\.rawValue)) }
  }

  mutating func add(_ key: String, _ names: NameSet?) {
    if let names { add(key, anyOf: (names.isEveryone ? ["*"] : []) + names.names) }
  }

  /// `key: value` for each key.
  var lines: [String] { keys.map { key in "\(key): \(values[key].map(\.element) ?? "")" } }

  /// `{ key: value, … }`: how a map inside a list is shown. Maps that differ never look alike.
  var oneLine: String { "{ " + lines.joined(separator: ", ") + " }" }

  func differences(to new: CanonicalFields) -> [KeyDifference] {
    (keys + new.keys.filter { values[$0] == nil }).compactMap { key in
      values[key] == new.values[key] ? nil : KeyDifference(key: key, old: values[key], new: new.values[key])
    }
  }
}

extension CanonicalValue {
  /// The value on one line, as YAML would have it.
  package var oneLine: String {
    switch self {
    case .text(let text): text
    case .list(let texts): texts.count == 1 ? texts[0] : "[" + texts.map(flowScalar).joined(separator: ", ") + "]"
    case .maps(let maps): maps.count == 1 ? maps[0] : "[" + maps.joined(separator: ", ") + "]"
    case .secret(let secret): secret.description
    }
  }

  /// The value as it stands inside of a list or a map.
  fileprivate var element: String {
    switch self {
    case .text(let text): flowScalar(text)
    case .list(let texts) where texts.count == 1: flowScalar(texts[0])
    case .list, .maps, .secret: oneLine
    }
  }
}

/// A text inside of a list or a map: in quotes where its ends would not be sure otherwise.
func flowScalar(_ text: String) -> String {
  let special: Set<Unicode.Scalar> = [",", "[", "]", "{", "}", "\"", "'"]
  let isPlain =
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !special.contains($0) }
    && !text.contains(": ") && text.first != " " && text.last != " "
  return isPlain ? text : JSON.string(text).text
}
