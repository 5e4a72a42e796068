import RuleEngine

extension Diagnostic {
  static func wrongType(_ key: String, expected: SchemaType, found node: ConfigNode) -> Self {
    let help =
      switch (expected, node.value) {
      case _ where TypeMismatchRemedy.help(key, expected: expected, found: node) != nil:
        TypeMismatchRemedy.help(key, expected: expected, found: node)
      // The booleans of older YAML and of other languages.
      case (.boolean, .scalar(let text, .plain)) where ["yes", "on", "true"].contains(text.lowercased()):
        "did you mean `true`?"
      case (.boolean, .scalar(let text, .plain)) where ["no", "off", "false"].contains(text.lowercased()):
        "did you mean `false`?"
      case (.boolean, .scalar(_, .plain)), (.isTrue, .scalar(_, .plain)): "write \(expected.phrase)"
      case (.integer, .scalar(_, .plain)): "write digits alone, like `10`"
      case (.boolean, .scalar), (.isTrue, .scalar), (.integer, .scalar): "leave the quotes out"
      case (.section, _), (.named, _): "write it as keys with their values: `key: value`"
      case (.list, _): "begin each of its items with `- `"
      case (_, .scalar): "put quotes around it to make it a text"
      default: "write the value itself"
      }
    return Self(
      .wrongType, "\(called(key)) must be \(expected.phrase), not \(node.phrase)", at: node.headSpan, help: help)
  }
}

extension ConfigNode {
  /// The type of the value, for a message.
  fileprivate var phrase: String {
    switch value {
    case .sequence: "a list"
    case .mapping: "a map"
    case .scalar(let text, .plain) where text == "true" || text == "false": text
    case .scalar(let text, .plain) where text.isDecimal: "a number"
    case .scalar(let text, .plain): quoted(text)
    case .scalar: "a text"
    case .broken: "this value"
    }
  }
}

/// The remedies for values of another type than expected, like a list for a map.
private enum TypeMismatchRemedy {
  /// Returns the likely correction of a value, or `nil` if there is none.
  static func help(_ key: String, expected: SchemaType, found node: ConfigNode) -> String? {
    switch (expected, node.value) {
    case (.section(let name), _): section(name, key, node)
    case (.named, .sequence(let items)): named(key, items)
    case (.list(.section("rule")), .mapping(let entries)): rule(entries)
    case (.list(.text), .scalar(let text, _)) where key == "command": program(text)
    case (.name(.agent), .mapping): "declare it under `agents`, and write its name here"
    case (.name(.agent), .sequence): "one agent answers: write one name here, and another rule for another agent"
    case (.text, .sequence), (.template, .sequence), (.message, .sequence):
      "write one text; in quotes, `[` and `]` are part of it"
    default: nil
    }
  }

  private static func section(_ name: String, _ key: String, _ node: ConfigNode) -> String? {
    let value = node.flow
    switch (name, node.value) {
    case ("reply", .scalar(let text, _)):
      return ReplyDestination(rawValue: text) != nil
        ? "write `reply: { to: \(text) }`"
        : "write `say: \(value)` to post a text; `reply` says where an answer goes, like `reply: { to: thread }`"
    case ("limit", .scalar(let text, _)):
      return "write `limit: { per_user: \(text.likelyRate ?? "20/min") }`, or `per_channel`"
    case ("access", .sequence), ("access", .scalar): return "write `access: { users: \(value) }`"
    case ("group", .sequence), ("group", .scalar):
      return "write `\(key.printable): { users: \(value) }`, or `channels`, or `teams`"
    case ("agent", .scalar(let text, _)):
      if let colon = text.firstIndex(of: ":"), !text.contains("//") {
        return "put a space after the `:`: `\(text[...colon].printable) \(text[text.index(after: colon)...].printable)`"
      }
      let types = ["echo", "openai", "anthropic", "exec", "acp"]
      let type = types.contains(text) ? text : Synonyms.meaning(of: text, among: types) ?? "TYPE"
      return "write `\(key.printable): { type: \(type) }`, with the keys that this type takes"
    case ("command", .scalar(let text, .plain))
    where BuiltinCommand(rawValue: key) != nil && truths[text.lowercased()] != nil:
      return truths[text.lowercased()].map { "write `\(key): \($0)`" }
    case ("command", .scalar): return "write `\(key.printable): { say: \(value) }`, or `prompt` for an agent"
    case ("when", .sequence(let items)) where key == "not":
      return items.count == 1 ? "write `not: \(items[0].flow)`" : "write `not: { any: \(value) }`"
    case ("when", .sequence):
      return "remove the `-`: all keys of `when` must hold; if one is enough, write `any:` above them"
    case ("when", .scalar(let text, _)):
      return Trigger(rawValue: text) != nil
        ? "write `\(key): { trigger: \(text) }`" : "write `\(key): { text: \(value) }`"
    case ("time", .scalar(let text, _)):
      return text.contains(":") ? "write `time: { hours: \(value) }`" : "write `time: { days: \(value) }`"
    case ("expect", .scalar): return "write `expect: { rule: \(value) }`"
    case ("given", .scalar): return "write `given: { text: \(value) }`"
    default: return nil
    }
  }

  /// The booleans of older YAML and of other languages.
  private static let truths = [
    "yes": true, "on": true, "y": true, "enabled": true, "no": false, "off": false, "n": false, "disabled": false,
  ]

  private static func named(_ key: String, _ items: [ConfigNode]) -> String? {
    guard case .mapping(let entries)? = items.first?.value, let name = entries.first(where: { $0.key == "name" }) else {
      return "write each under its name, without `-`: `NAME: { … }`"
    }
    let rest = ConfigNode(value: .mapping(entries.filter { $0.key != "name" }), span: items[0].span)
    return "write each under its name, without `-` and `name`: `\(name.value.flow): \(rest.flow)`"
  }

  private static func rule(_ entries: [ConfigEntry]) -> String? {
    guard let first = entries.first else { return nil }
    if Schema.RuleMap.section.key(first.key) != nil {
      return "put `- ` before the first key of each rule: `- \(first.key.printable): …`"
    }
    return "begin each rule with its name, like `- name: \(first.key.printable)`"
  }

  private static func program(_ text: String) -> String {
    let words = text.split(separator: " ").map { YAMLScalar.written(String($0)) }
    let shown = words.joined(separator: ", ").printable
    return "write each word separately: `command: [\(shown.prefix(Limits.repeatedScalarsMax))]`"
  }
}
