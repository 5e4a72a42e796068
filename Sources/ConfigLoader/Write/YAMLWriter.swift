import Core

/// Writes values as YAML in block style, short lists on one line.
struct YAMLWriter {
  private(set) var text = ""
  /// Indicates whether empty lines separate sections and the maps in their lists.
  private let isFile: Bool
  /// The dashes at the beginning of the next line, instead of its indentation.
  private var dashes: String?

  init(isFile: Bool) { self.isFile = isFile }

  /// Returns the text of a map, in block style; with empty lines between the sections of a whole file.
  static func text(_ entries: [YAMLEntry], isFile: Bool = false) -> String {
    var writer = YAMLWriter(isFile: isFile)
    for entry in entries { writer.write(entry) }
    return writer.text
  }

  /// Writes a section of a file or a key of a map.
  mutating func write(_ entry: YAMLEntry) { write(entry, indent: 0) }

  /// Writes the key of a section whose value is a list; its items follow one by one.
  mutating func openList(_ key: String) { text += (isFile ? "\n" : "") + YAMLScalar.written(key) + ":\n" }

  /// Writes an item of the list that was opened.
  mutating func write(item: YAMLValue, isFirst: Bool) { write(item: item, indent: 2, isFirst: isFirst) }

  /// Returns the text that was written since the last call.
  mutating func take() -> String {
    defer { text = "" }
    return text
  }

  private mutating func write(_ entry: YAMLEntry, indent: Int) {
    if isFile, indent == 0, entry.value.isLong { text += "\n" }
    let head = start(indent) + (entry.isNote ? "# " : "") + YAMLScalar.written(entry.key) + ":"
    if let line = entry.value.line,
      entry.value.isScalar || head.count + 1 + line.count <= Limits.writtenColumnsMax
    {
      text += "\(head) \(line)\n"
      return
    }
    text += head + "\n"
    switch entry.value {
    case .map(let entries): for entry in entries { write(entry, indent: indent + 2) }
    case .list(let values):
      for (index, value) in values.enumerated() { write(item: value, indent: indent + 2, isFirst: index == 0) }
    case .text, .word, .reference, .number, .decimal, .null, .bool: break
    }
  }

  private mutating func write(item: YAMLValue, indent: Int, isFirst: Bool) {
    if isFile, indent == 2, !isFirst, case .map = item { text += "\n" }
    dashes = start(indent) + "- "
    switch item {
    case .map(let entries) where !entries.isEmpty: for entry in entries { write(entry, indent: indent + 2) }
    case .list(let values) where !values.isEmpty:
      for (index, value) in values.enumerated() { write(item: value, indent: indent + 2, isFirst: index == 0) }
    default: text += start(indent + 2) + (item.line ?? "") + "\n"
    }
  }

  /// Returns the beginning of a line.
  private mutating func start(_ indent: Int) -> String {
    defer { dashes = nil }
    return dashes ?? String(repeating: " ", count: indent)
  }
}

extension YAMLValue {
  fileprivate var isScalar: Bool {
    switch self {
    case .text, .word, .reference, .number, .decimal, .null, .bool: true
    case .list, .map: false
    }
  }

  fileprivate var isLong: Bool {
    switch self {
    case .list(let values): !values.isEmpty
    case .map(let entries): !entries.isEmpty
    case .text, .word, .reference, .number, .decimal, .null, .bool: false
    }
  }

  /// The value on one line: a scalar, a list of scalars, or an empty map.
  fileprivate var line: String? {
    switch self {
    // Variables are expanded already: a `${` in a text is literal.
    case .text(let text): return YAMLScalar.written(text.utf8.contains(0x24) ? text.replacing("${", with: "$${") : text)
    case .word(let word): return word
    case .reference(let text): return YAMLScalar.written(text)
    case .number(let number): return String(number)
    case .decimal(let text): return text
    case .null: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .list(let values):
      guard values.allSatisfy(\.isScalar) else { return nil }
      return "[" + values.compactMap(\.line).joined(separator: ", ") + "]"
    case .map(let entries): return entries.isEmpty ? "{}" : nil
    }
  }

  /// The value in flow style, as it may stand within other braces: a `${VARIABLE}` is quoted there.
  var flow: String {
    switch self {
    case .list(let values): "[" + values.map(\.flow).joined(separator: ", ") + "]"
    case .map(let entries): "{ " + entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + " }"
    case .word(let text), .decimal(let text): YAMLScalar.written(text)
    case .text, .reference, .number, .null, .bool: line ?? ""
    }
  }
}

/// A value of a rules file to be written.
indirect enum YAMLValue: Sendable, Equatable {
  /// A text of the file, quoted if necessary.
  case text(String)
  /// A word of the language, never quoted: `mon-fri`, `${VARIABLE}`.
  case word(String)
  /// A text with variables, which are not escaped.
  case reference(String)
  case number(Int64)
  /// Another number, in its written form.
  case decimal(String)
  case null
  case bool(Bool)
  case list([YAMLValue])
  case map([YAMLEntry])

  /// One value is written alone, several as a list.
  static func oneOrMany(_ values: [YAMLValue]) -> YAMLValue { values.count == 1 ? values[0] : .list(values) }

  static func texts(_ texts: some Sequence<String>) -> YAMLValue { oneOrMany(texts.map { .text($0) }) }

  static func words(_ words: some Sequence<String>) -> YAMLValue { oneOrMany(words.map { .word($0) }) }

  /// The same as JSON; a comment is null.
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
  /// Indicates whether it is a comment, for a default that no value expresses.
  var isNote: Bool

  init(_ key: String, _ value: YAMLValue) {
    (self.key, self.value, isNote) = (key, value, false)
  }

  /// A comment that states the default of a key.
  static func note(_ key: String, _ words: String) -> YAMLEntry {
    var entry = YAMLEntry(key, .word(words))
    entry.isNote = true
    return entry
  }
}
