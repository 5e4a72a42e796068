import Core

/// A value of a rules file, as it is to be written.
indirect enum YAMLValue: Sendable, Equatable {
  /// A text of the file's own, with quotes where it needs them.
  case text(String)
  /// A word of the language that stands as it is: `mon-fri`, `${VARIABLE}`.
  case word(String)
  /// A text with variables in it, which stand as they are.
  case reference(String)
  case number(Int64)
  /// Another number, as it stands.
  case decimal(String)
  case null
  case bool(Bool)
  case list([YAMLValue])
  case map([YAMLEntry])

  /// One value stands alone, several are a list.
  static func oneOrMany(_ values: [YAMLValue]) -> YAMLValue { values.count == 1 ? values[0] : .list(values) }

  static func texts(_ texts: some Sequence<String>) -> YAMLValue { oneOrMany(texts.map { .text($0) }) }

  static func words(_ words: some Sequence<String>) -> YAMLValue { oneOrMany(words.map { .word($0) }) }

  /// The same as JSON; what stands in a comment is null.
  var json: JSON {
    switch self {
    case .text(let text), .word(let text), .reference(let text): .string(text)
    case .number(let number): .int(Int(number))
    case .decimal(let text): .number(text)
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .list(let values): .array(values.map(\.json))
    case .map(let entries):
      .object(entries.map { JSON.Member(key: $0.key, value: $0.isNote ? .null : $0.value.json) })
    }
  }
}

/// A key of a map and its value.
struct YAMLEntry: Sendable, Equatable {
  var key: String
  var value: YAMLValue
  /// Whether it stands in a comment: what holds without the key, where no value could say so.
  var isNote: Bool

  init(_ key: String, _ value: YAMLValue) {
    (self.key, self.value, isNote) = (key, value, false)
  }

  /// A comment that says what holds without the key.
  static func note(_ key: String, _ words: String) -> YAMLEntry {
    var entry = YAMLEntry(key, .word(words))
    entry.isNote = true
    return entry
  }
}
