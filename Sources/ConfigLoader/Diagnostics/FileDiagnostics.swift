import Core

/// The errors of reading a file: E01.
extension Diagnostic {
  static var fileTooLarge: Self {
    let limit = Limits.fileBytesMax / 1024 / 1024
    return Self(
      .fileTooLarge, "the file is larger than the limit of \(limit) MiB", at: .fileStart,
      help: "is this the rules file?")
  }

  static func notUTF8(at span: SourceSpan) -> Self {
    Self(.notUTF8, "this is not UTF-8", at: span, help: "save the file as UTF-8")
  }

  /// A key of `when` that is written beside it.
  static func keyOfWhen(_ entry: ConfigEntry) -> Self {
    Self(
      .unknownKey, "\(quoted(entry.key)) is not a key of a rule", at: entry.keySpan,
      help: "put it under `when`: `when: { \(entry.key): \(entry.value.flow) }`")
  }

  static func unknownKey(_ entry: ConfigEntry, in section: SchemaSection, nearest: String?, help: String?) -> Self {
    let (key, span) = (entry.key, entry.keySpan)
    if key == "<<" {
      return Self(
        .unknownKey, "merge keys (`<<`) are not supported", at: span,
        help: "write the keys out, or use an alias for a whole value: `when: *name`")
    }
    return Self(
      .unknownKey, "unknown key \(quoted(key))" + orNearest(nearest), at: span,
      help: help
        ?? (nearest == nil ? "\(section.phrase) takes \(listed(section.keys.map(\.name), limit: .max))" : nil))
  }

  package static func notYAML(
    _ reason: String, at span: SourceSpan, context: (String, SourceSpan)? = nil, help: String? = nil
  ) -> Self {
    Self(
      .notYAML, "this is not YAML: \(reason)", at: span,
      notes: context.flatMap { $0.1 == span ? nil : [Note(message: $0.0, span: $0.1)] } ?? [], help: help)
  }

  package static var emptyFile: Self {
    Self(.emptyFile, "the file is empty", at: .fileStart, help: "a rules file begins with `version: 1`")
  }

  static func severalDocuments(at span: SourceSpan) -> Self {
    Self(.severalDocuments, "a second document begins here", at: span, help: "keep all rules in one document")
  }

  static func nestedTooDeep(at span: SourceSpan) -> Self {
    Self(
      .nestedTooDeep, "lists and maps are nested deeper than \(Limits.nestingMax)", at: span,
      help: "look above for an extra `[`, `{` or `-`")
  }

  static func tooManyValues(at span: SourceSpan) -> Self {
    Self(
      .tooManyValues,
      "with its aliases expanded, the file has more than \(Limits.nodesMax.grouped) values, or "
        + "\(Limits.scalarBytesMax / 1024 / 1024) MiB of text",
      at: span,
      help: "use fewer aliases")
  }

  static func duplicateKey(_ key: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      .duplicateKey, "the key \(quoted(key)) is given twice", at: span, notes: [firstDefined(first)],
      help: "remove one of them")
  }

  static func unknownAlias(_ name: String, at span: SourceSpan) -> Self {
    Self(
      .unknownAlias, "there is no anchor \(quoted("&" + name)) above", at: span,
      help: "put quotes around a value that begins with `*`")
  }

  package static func keyNotText(at span: SourceSpan) -> Self {
    Self(
      .keyNotText, "a key must be a text, not a list or a map", at: span,
      help: "put quotes around a value that begins with `{` or `[`")
  }

  static func tag(_ tag: String, at span: SourceSpan) -> Self {
    Self(
      .tag, "the tag \(quoted(tag)) is not supported", at: span,
      help: "put quotes around a value that begins with `!`")
  }

  static func tooManyDirectives(line: Int) -> Self {
    Self(
      .tooManyDirectives, "more than \(Limits.directivesMax) lines begin with `%`",
      at: SourceSpan(at: SourcePosition(line: line, column: 1)), help: "remove them: a rules file needs none")
  }
}
