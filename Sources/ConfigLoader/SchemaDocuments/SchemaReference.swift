import Core

extension Schema {
  /// All sections, the file first.
  static let sections =
    [File.section, Group.section, Access.section] + AgentType.allCases.flatMap(\.sections) + [
      Price.section, CommandsMap.section, Binding.section, RuleMap.section, When.section, Text.section, Time.section,
      Session.section, Reply.section,
      Busy.section, Limit.section, Intake.section, Turns.section, Journal.section, Test.section, Given.section,
      Expect.section,
    ]
}

/// The tables of keys in docs/rules.md.
enum SchemaReference {
  /// The tables, each with the name of its section.
  static var markdown: String {
    Schema.sections.map { "## \($0.name)\n\n\($0.table)" }.joined(separator: "\n")
  }
}

extension SchemaSection {
  /// The keys with their types, defaults and meanings.
  var table: String {
    let head = "| key | value | default | meaning |\n|---|---|---|---|\n"
    let foot = [
      exactlyOne.isEmpty ? nil : "Exactly one of \(quoted(exactlyOne)).",
      atLeastOne.isEmpty ? nil : "At least one of \(quoted(atLeastOne)).",
    ].compactMap(\.self)
    return head + keys.map(\.tableRow).joined() + foot.map { "\n\($0)\n" }.joined()
  }

  private func quoted(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}

extension SchemaKey {
  fileprivate var tableRow: String {
    "| `\(name)` | \(type.reference) | \(shownDefault) | \(doc) |\n"
  }

  private var shownDefault: String {
    if isRequired { return "required" }
    return otherwise ?? fallback.map(\.reference) ?? ""
  }
}

extension JSON {
  /// The value as a rules file writes it.
  fileprivate var reference: String {
    switch self {
    case .string(let text): text.isEmpty ? "nothing" : "`\(text)`"
    case .array(let elements): elements.map(\.reference).joined(separator: ", ")
    default: "`\(text)`"
    }
  }
}

extension SchemaType {
  /// The type in the words of the reference.
  fileprivate var reference: String {
    switch self {
    case .text, .message: "a text"
    case .template: "a template"
    case .boolean: "`true` `false`"
    case .isTrue: "`true`"
    case .integer(let range) where range.count == 1: "`\(range.lowerBound)`"
    case .integer(let range): "\(range.lowerBound.grouped) to \(range.upperBound.grouped)"
    case .decimal(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: " ")
    case .name(let role): role.reference
    case .names(let role, let groups): groups ? "\(role.rawValue)s and groups" : "\(role.rawValue)s"
    case .duration: "a duration: `45s`, `30m`, `2h`, `1d`"
    case .rate: "a rate: `1/s`, `20/min`, `100/hour` (or `h`), `500/day`"
    case .size: "a size: `500KB`, `20MB`, `1GB` at most"
    case .mediaRange: "a media type: `application/pdf`, `image/*`, `*/*`"
    case .days: "days: `mon` … `sun`, `mon-fri`, `fri-mon`"
    case .hours: "hours: `08:00-18:00`"
    case .zone: "an IANA zone, like `Europe/Berlin`"
    case .moment: "a date and time: `2025-06-01T09:30:00Z`, with its zone, or milliseconds since 1970"
    case .address: "an `http` or `https` address"
    case .folder: "the path of a folder: `/srv/{{channel}}`, `~/project`"
    case .secret: "`${NAME}` or `${NAME:-}`, nothing else"
    case .body: "keys, each with any value"
    case .currency: "a currency: `EUR`"
    case .prefix: "a punctuation mark"
    case .expression: "a regular expression"
    case .section(let name): Schema.sections.first { $0.name == name }?.reference ?? name
    case .oneOrMany(let type): "\(type.reference), or a list"
    case .list(.section(let name)):
      "a list of \(Schema.sections.first { $0.name == name }?.noun ?? name)s"
    case .list(.text): "a list of texts"
    case .list(let type): "a list of \(type.reference)"
    case .named(let type, _): "names, each with \(type.reference)"
    case .either(let types): types.map(\.reference).joined(separator: ", or ")
    }
  }
}

extension NameRole {
  fileprivate var reference: String {
    switch self {
    case .user, .channel, .team: "a \(rawValue)"
    case .agent: "an agent's name"
    case .command: "a command's name"
    case .rule: "a rule's name, or `none`"
    }
  }
}

extension SchemaSection {
  /// The type of a key whose value is this section.
  fileprivate var reference: String { phrase.hasPrefix("a") ? phrase : "a map" }

  /// The phrase without its article: `MCP server`.
  fileprivate var noun: String { phrase.split(separator: " ", maxSplits: 1).last.map(String.init) ?? name }
}
