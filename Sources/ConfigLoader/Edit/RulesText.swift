package import RuleEngine

/// The text of a rules file, of which pieces are replaced.
struct RulesText {
  /// New bytes for a range of the old.
  struct Piece {
    var range: Range<Int>
    var text: String
  }

  private let source: SourceText

  init(_ source: SourceText) { self.source = source }

  /// Returns the text with pieces replaced, which do not overlap.
  func replacing(_ pieces: [Piece]) -> [UInt8] {
    var bytes = source.bytes
    for piece in pieces.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      bytes.replaceSubrange(piece.range, with: Array(piece.text.utf8))
    }
    return source.mark + bytes
  }

  // MARK: The agent

  /// Replaces an agent; only its model if it stays at the same endpoint, so that its other keys stay.
  func piece(
    replacing agent: AgentDefinition, in root: ConfigNode, by draft: AgentDraft
  ) throws(RulesEditProblem) -> Piece {
    guard let agents = root["agents"], let entry = agents.value[agent.name],
      case .mapping(let keys) = entry.value.value
    else { throw .unsuitable }
    if let model = draft.modelAlone(insteadOf: agent.kind), let old = entry.value["model"] {
      return Piece(range: range(of: old.value), text: YAMLScalar.written(model))
    }
    let others = keys.map(\.key).filter { !AgentDraft.keys.contains($0) }
    guard others.isEmpty else { throw .otherKeys(agent: agent.name, others) }
    let start = source.offset(of: entry.keySpan.end)
    let range = start..<range(of: entry.value).upperBound
    guard !source.bytes[range].contains(UInt8(ascii: "#")) else { throw .comments(agent.name) }
    if isFlow(agents.value) {
      return Piece(range: range, text: ": " + YAMLValue.map(draft.entries).flow)
    }
    let indentation = String(repeating: " ", count: entry.keySpan.start.column + 1)
    let lines = YAMLWriter.text(draft.entries).split(separator: "\n").map { "\n" + indentation + $0 }
    return Piece(range: range, text: ":" + lines.joined())
  }

  // MARK: Access

  /// Sets the users with access, and adds the keys for them if the file has none.
  func piece(setting users: [String], in root: ConfigNode) throws(RulesEditProblem) -> Piece {
    let list = users == ["*"] ? "\"*\"" : YAMLValue.list(users.map { .text($0) }).flow
    guard let access = root["access"] else {
      guard let version = root["version"], !isFlow(root) else { throw .unsuitable }
      let end = source.offset(of: version.value.span.end)
      let lineEnd = source.bytes[end...].firstIndex { $0 == UInt8(ascii: "\n") } ?? source.bytes.count
      return Piece(range: lineEnd..<lineEnd, text: "\n\naccess:\n  users: \(list)")
    }
    guard let old = access.value["users"] else {
      guard case .mapping(let entries) = access.value.value, let first = entries.first else { throw .unsuitable }
      let start = source.offset(of: first.keySpan.start)
      let indentation = String(repeating: " ", count: first.keySpan.start.column - 1)
      return Piece(range: start..<start, text: "users: \(list)" + (isFlow(access.value) ? ", " : "\n" + indentation))
    }
    let range = range(of: old.value)
    guard !source.bytes[range].contains(UInt8(ascii: "#")) else { throw .comments("users") }
    return Piece(range: range, text: list)
  }

  // MARK: Positions

  /// Returns the bytes of a value. The parser ends a map or a list in block style at the next thing after it.
  private func range(of node: ConfigNode) -> Range<Int> {
    source.offset(of: node.span.start)..<end(of: node)
  }

  private func end(of node: ConfigNode) -> Int {
    switch node.value {
    case .mapping(let entries) where !isFlow(node): entries.last.map { end(of: $0.value) } ?? offset(after: node)
    case .sequence(let items) where !isFlow(node): items.last.map { end(of: $0) } ?? offset(after: node)
    default: offset(after: node)
    }
  }

  private func offset(after node: ConfigNode) -> Int { source.offset(of: node.span.end) }

  /// Returns whether a value is written in braces or brackets, which may follow an anchor.
  private func isFlow(_ node: ConfigNode) -> Bool {
    var rest = source.bytes[source.offset(of: node.span.start)...]
    let spaces = Set(" \t".utf8)
    if rest.first == UInt8(ascii: "&") { rest = rest.drop { !spaces.contains($0) }.drop { spaces.contains($0) } }
    return rest.first.map { Set("{[".utf8).contains($0) } ?? false
  }
}

extension ChatSettings {
  /// The variable that has the API key, or `nil` if no key is sent.
  package var keyVariable: String? {
    apiKeyReference.flatMap { Variable($0.dropFirst(2).dropLast())?.name }
  }
}

extension AgentDraft {
  /// The model, if nothing else changes.
  fileprivate func modelAlone(insteadOf kind: AgentKind) -> String? {
    guard case .chat(let api, let baseURL, let model, let key) = self, case .chat(api, let settings) = kind,
      settings.baseURL == baseURL ?? api.definition.baseURL,
      key == nil || key == settings.keyVariable
    else { return nil }
    return model
  }
}

extension ConfigNode {
  fileprivate subscript(key: String) -> ConfigEntry? {
    if case .mapping(let entries) = value { entries.first { $0.key == key } } else { nil }
  }
}
