/// What somebody means by a key that the language does not have, where it is likely enough to say how it is written.
struct KeyRemedy: Sendable {
  /// The keys that it stands for: they are there under another name, and not missing as well.
  var meant: Set<String>
  /// What to write, with the value that the file has: `%` is that value, `^` is the key.
  var help: String

  init(_ help: String, meant: Set<String> = []) {
    (self.help, self.meant) = (help, meant)
  }
}

extension SchemaSection {
  /// Returns what is meant by an entry whose key the section does not know, with the file's own value in the help, or `nil`
  /// if nothing is likely.
  func cure(for entry: ConfigEntry, beside entries: [ConfigEntry]) -> KeyRemedy? {
    guard var cure = special(entry, entries) ?? KeyRemedies.cure(for: entry.key, in: name) ?? elsewhere(entry.key)
    else {
      return nil
    }
    let isSecret = keys.contains { $0.type == .secret } || SecretScanner.isSecret(key: entry.key)
    cure.help = cure.help.replacing("^", with: entry.key.printable)
      .replacing("%", with: isSecret ? "…" : entry.value.flow)
    return cure
  }

  /// What depends on the value, or on other keys.
  private func special(_ entry: ConfigEntry, _ entries: [ConfigEntry]) -> KeyRemedy? {
    guard case .scalar(let text, _) = entry.value.value else { return nil }
    switch (name, entry.key) {
    case ("rule", "action") where ["ignore", "deny", "agent", "say"].contains(text):
      let value = text == "ignore" ? "true" : text == "agent" ? "NAME" : "TEXT"
      return KeyRemedy("write `\(text): \(value)`", meant: Set(exactlyOne))
    case ("when", "group"), ("when", "groups"):
      let group = text.hasPrefix("group:") ? String(text.dropFirst("group:".count)) : text
      guard !group.isEmpty, group.utf8.count <= Limits.repeatedScalarsMax, group.unicodeScalars.allSatisfy(\.isOfAName)
      else { return nil }
      return KeyRemedy("name it where it is meant: `user: group:\(group)` or `channel: group:\(group)`")
    case ("time", "from"), ("time", "start"), ("time", "to"), ("time", "end"):
      let start = entries.first { ["from", "start"].contains($0.key) }?.value.flow
      let end = entries.first { ["to", "end"].contains($0.key) }?.value.flow
      guard let start, let end else {
        return KeyRemedy("write both ends: `hours: 09:00-17:00`", meant: ["hours", "days"])
      }
      let marks: Set<Character> = ["\"", "'"]
      return KeyRemedy(
        "write `hours: \((start + "-" + end).filter { !marks.contains($0) })`", meant: ["hours", "days"])
    default: return nil
    }
  }

  /// Where else the language has a key of this name: below one of the section's keys, or in another section.
  private func elsewhere(_ key: String) -> KeyRemedy? {
    for own in keys {
      for inner in own.type.sections where inner.key(key) != nil && inner.name != name {
        return KeyRemedy("put it under `\(own.name)`: `\(own.name): { ^: % }`", meant: [own.name])
      }
    }
    if name != Schema.When.section.name, Schema.When.section.key(key) != nil { return nil }
    let agents = [Schema.OpenAIAgent.section, Schema.ExecAgent.section, Schema.ACPAgent.section]
    if ["rule", "when", "command", "file"].contains(name), agents.contains(where: { $0.key(key) != nil }) {
      return KeyRemedy("`^` is a key of an agent: put it under `agents`, into the one that it is meant for")
    }
    for other in [Schema.RuleMap.section, Schema.File.section] where other.name != name && other.key(key) != nil {
      return KeyRemedy("`^` is a key of \(other.phrase): write it there")
    }
    return nil
  }
}

extension SchemaType {
  /// The sections that a value of this type may be; those of a list's items are not among them.
  fileprivate var sections: [SchemaSection] {
    switch self {
    case .section(let name): Schema.sections.filter { $0.name == name }
    case .either(let types): types.flatMap(\.sections)
    default: []
    }
  }
}
