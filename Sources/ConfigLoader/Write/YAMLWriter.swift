/// Lays out values as YAML in block style; short lists stand on one line.
struct YAMLWriter {
  private(set) var text = ""
  /// Whether sections stand apart, as well as the maps in their lists.
  private let isFile: Bool
  /// The dashes that open the next line, in place of its indentation.
  private var dashes: String?

  init(isFile: Bool) { self.isFile = isFile }

  /// The text of a map, a line for each key and at the end; with empty lines between the sections of a whole file.
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

  /// Returns what was written since the last time.
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

  /// How a line begins.
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
    // What a variable would be put into is none here: the file's variables have been put in already.
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
}
