import Core
import RuleEngine

extension RulesGraph {
  static let title = "Rules, asked from top to bottom; the first that matches decides"
  static let columns = ["Who", "Where", "Why", "Rule", "What happens"]
  static let otherwise = "No rule matches: the bot stays silent"

  static func omission(_ count: Int) -> String? {
    count > 0 ? "and \(count) more rules: too many for one picture; draw one with --rule NAME" : nil
  }
}

extension Access {
  /// What is asked before any rule.
  var picture: [String] {
    let others = denied == nil ? "the others hear nothing" : "the others are told so in a direct message"
    return users.isEveryone
      ? ["Everyone may talk to the bot"] : ["May talk: \(few(users.names.map { "@" + $0 })); \(others)"]
  }
}

extension RulesGraph.Row {
  init(_ rule: Rule, number: Int) {
    self.number = number
    name = shown(rule.name)
    isShadow = rule.mode == .shadow
    who = rule.when.who
    place = rule.when.place
    why = rule.when.why
    switch rule.action {
    case .agent(let name):
      deed = .agent(shown(name))
      details = ["session: \(rule.session.scope.rawValue)"]
    case .say(let text): (deed, details) = (.say, [shown("“\(text.written)”")])
    case .ignore: (deed, details) = (.ignore, [])
    case .deny(let text): (deed, details) = (.deny, [shown("“\(text.written)”")])
    }
    if isShadow { details.append("shadow: records only") }
  }
}

extension RulesGraph.Deed {
  /// The deed in a word or two.
  var text: String {
    switch self {
    case .agent(let name): "agent \(name)"
    case .say: "says"
    case .ignore: "ignores it"
    case .deny: "denies"
    }
  }
}

extension Condition {
  fileprivate var who: [String] {
    let names = users.map { $0.isEveryone ? "anyone" : few($0.names.map { "@" + $0 }) }
    let kinds = authors.map { $0 == [.human] ? nil : few($0.map(\.plural)) } ?? nil
    return [names, kinds].allSatisfy { $0 == nil } ? ["anyone"] : [names, kinds].compactMap(\.self)
  }

  fileprivate var place: [String] {
    var lines: [String] = []
    if let channels, !channels.isEveryone { lines.append(few(channels.names.map { "~" + $0 })) }
    if let kinds { lines.append(few(kinds.map { "\($0.rawValue) channels" })) }
    if let teams, !teams.isEveryone { lines.append("team " + few(teams.names)) }
    return lines.isEmpty ? ["anywhere"] : lines
  }

  fileprivate var why: [String] {
    var lines: [String] = []
    if let triggers { lines.append(few(triggers.map(\.phrase), " or ")) }
    if mention == .channelWide { lines.append("@all counts as well") }
    if commands != nil { lines.append("command " + few(words(for: .command))) }
    for test in text { lines.append("text \(test.kind.phrase) " + few(test.patterns.map { "“\($0)”" }, " or ")) }
    if let hasFiles { lines.append(hasFiles ? "with files" : "without files") }
    if let isRemote { lines.append(isRemote ? "from another server" : "from this server") }
    if let thread { lines.append(thread == .reply ? "in a thread" : "outside of threads") }
    if isEdit == true { lines.append("edits") }
    lines += words(for: .time)
    for part in not { lines.append("not: " + part.short) }
    if !any.isEmpty { lines.append("any of: " + few(any.map(\.short), " | ")) }
    return lines.isEmpty ? ["any message"] : lines.map(shown)
  }

  /// All of it on one line, for what stands inside of another condition.
  private var short: String {
    let parts = keys.flatMap { key -> [String] in
      switch key {
      case .author where authors == [.human]: []
      case .edited where isEdit == false: []
      case .text: text.map { "text \($0.kind.phrase) " + few($0.patterns.map { "“\($0)”" }, " or ") }
      case .not: not.map { "not " + $0.short }
      case .any: ["(" + few(any.map(\.short), " | ") + ")"]
      default: ["\(key.rawValue) " + few(words(for: key), " or ")]
      }
    }
    return parts.isEmpty ? "anything" : parts.joined(separator: ", ")
  }
}

extension Author {
  fileprivate var plural: String {
    switch self {
    case .human: "people"
    case .bot: "bots"
    case .webhook: "webhooks"
    case .plugin: "plugins"
    case .system: "the server"
    case .own: "the bot itself"
    }
  }
}

extension Trigger {
  fileprivate var phrase: String {
    switch self {
    case .mention: "mention"
    case .dm: "direct message"
    case .command: "command"
    case .thread: "reply in its thread"
    case .message: "any message"
    }
  }
}

extension TextTestKind {
  fileprivate var phrase: String {
    switch self {
    case .contains: "contains"
    case .word: "has the word"
    case .startsWith: "begins with"
    case .endsWith: "ends with"
    case .equals: "is"
    case .matches: "matches"
    }
  }
}

/// A file's text as a picture can bear it.
private func shown(_ text: String) -> String { String(text.unicodeScalars.map(\.printable).joined()) }

/// The first few names, and how many more there are.
private func few(_ names: [String], _ joint: String = ", ") -> String {
  let head = names.prefix(Limits.pictureNamesMax).map(shown).joined(separator: joint)
  return names.count > Limits.pictureNamesMax ? "\(head) and \(names.count - Limits.pictureNamesMax) more" : head
}
