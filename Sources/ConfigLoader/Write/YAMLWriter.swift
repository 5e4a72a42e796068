/// Lays out values as YAML in block style; short lists stand on one line.
struct YAMLWriter {
  private var lines: [String] = []
  /// Whether sections stand apart, as well as the maps in their lists.
  private let isFile: Bool

  private init(isFile: Bool) { self.isFile = isFile }

  /// The text of a map, a line for each key and at the end; with empty lines between the sections of a whole file.
  static func text(_ entries: [YAMLEntry], isFile: Bool = false) -> String {
    var writer = YAMLWriter(isFile: isFile)
    writer.write(entries, indent: 0)
    return writer.lines.map { $0 + "\n" }.joined()
  }

  private mutating func write(_ entries: [YAMLEntry], indent: Int) {
    for entry in entries {
      if isFile, indent == 0, entry.value.isLong { lines.append("") }
      let head = spaces(indent) + (entry.isNote ? "# " : "") + YAMLScalar.written(entry.key) + ":"
      if let line = entry.value.line, head.count + 1 + line.count <= Limits.writtenColumnsMax || entry.value.isScalar {
        lines.append("\(head) \(line)")
        continue
      }
      lines.append(head)
      switch entry.value {
      case .map(let entries): write(entries, indent: indent + 2)
      case .list(let values): write(values, indent: indent + 2)
      case .text, .word, .reference, .number, .decimal, .null, .bool: break
      }
    }
  }

  private mutating func write(_ values: [YAMLValue], indent: Int) {
    for (index, value) in values.enumerated() {
      if isFile, indent == 2, index > 0, case .map = value { lines.append("") }
      let start = lines.count
      switch value {
      case .map(let entries) where !entries.isEmpty: write(entries, indent: indent + 2)
      case .list(let values) where !values.isEmpty: write(values, indent: indent + 2)
      default: lines.append(spaces(indent + 2) + (value.line ?? ""))
      }
      lines[start].replaceSubrange(lines[start].prefixRange(indent + 2), with: spaces(indent) + "- ")
    }
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension String {
  fileprivate func prefixRange(_ count: Int) -> Range<Index> { startIndex..<index(startIndex, offsetBy: count) }
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
    case .text(let text): return YAMLScalar.written(text.replacing("${", with: "$${"))
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
