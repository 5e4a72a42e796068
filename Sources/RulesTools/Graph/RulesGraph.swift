import ConfigLoader
import Core
package import RuleEngine

/// A picture of a rule set: a row a rule, with its conditions and its action.
package struct RulesGraph: Sendable {
  /// The format of a picture.
  package enum Format: String, Sendable, CaseIterable {
    /// SVG with a layout, for a browser.
    case svg
    /// The language of Graphviz, without a layout.
    case dot
  }

  let access: [String]
  let rows: [Row]
  /// A note on the rules beyond the last row, if there are any.
  let omission: String?

  /// A rule as a row of the picture; each column is a few lines.
  struct Row: Sendable, Equatable {
    var number: Int
    var users: [String]
    var channels: [String]
    var reasons: [String]
    var name: String
    var isShadow: Bool
    var action: Action
    var details: [String]
  }

  /// The action of a rule, as far as pictures distinguish it.
  enum Action: Sendable, Equatable {
    case agent(String)
    case say, ignore, deny
  }

  static let title = "Rules, tried from top to bottom; the first that matches decides"
  static let columns = ["Who", "Where", "Why", "Rule", "What happens"]
  static let otherwise = "No rule matches: the bot stays silent"

  private let ruleSet: RuleSet

  /// Creates the picture of a rule set.
  package init(_ ruleSet: RuleSet) {
    self.init(ruleSet, rowsMax: .max)
  }

  private init(_ ruleSet: RuleSet, rowsMax: Int) {
    self.ruleSet = ruleSet
    access = ruleSet.access.lines
    rows = ruleSet.rules.prefix(rowsMax).enumerated().map { Row($1.withDefaults, number: $0 + 1) }
    let more = ruleSet.rules.count - rows.count
    omission = more > 0 ? "and \(more) more rules: too many for one picture; draw one with --rule NAME" : nil
  }

  /// Returns the picture as text, with at most as many rules as the format can show.
  package func text(as format: Format) -> String {
    switch format {
    case .svg: RulesGraph(ruleSet, rowsMax: Limits.svgRowsMax).svg
    case .dot: RulesGraph(ruleSet, rowsMax: Limits.dotRowsMax).dot
    }
  }
}

extension Access {
  /// The check before all rules.
  fileprivate var lines: [String] {
    if users.isEveryone { return ["Everyone may talk to the bot"] }
    let others = denied == nil ? "others get no reply" : "others are told so in direct messages"
    return ["May talk: \(few(users.names.map { "@" + $0 })); \(others)"]
  }
}

extension RulesGraph.Row {
  fileprivate init(_ rule: Rule, number: Int) {
    self.number = number
    name = rule.name.printable
    isShadow = rule.mode == .shadow
    users = rule.when.userLines
    channels = rule.when.channelLines
    reasons = rule.when.reasonLines
    switch rule.action {
    case .agent(let name):
      action = .agent(name.printable)
      details = ["session: \(rule.session.scope.rawValue)"]
    case .say(let text): (action, details) = (.say, ["“\(text.written)”".printable])
    case .ignore: (action, details) = (.ignore, [])
    case .deny(let text): (action, details) = (.deny, ["“\(text.written)”".printable])
    }
    if isShadow { details.append("shadow: records only") }
  }
}

extension RulesGraph.Action {
  /// The action in a word or two.
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
  fileprivate var userLines: [String] {
    let names = users.map { $0.isEveryone ? "anyone" : few($0.names.map { "@" + $0 }) }
    let kinds = authors.map { $0 == [.human] ? nil : few($0.map(\.plural)) } ?? nil
    let lines = [names, kinds].compactMap(\.self)
    return lines.isEmpty ? ["anyone"] : lines
  }

  fileprivate var channelLines: [String] {
    var lines: [String] = []
    if let channels, !channels.isEveryone { lines.append(few(channels.names.map { "~" + $0 })) }
    if let kinds { lines.append(few(kinds.map { "\($0.rawValue) channels" })) }
    if let teams, !teams.isEveryone { lines.append("team " + few(teams.names)) }
    return lines.isEmpty ? ["anywhere"] : lines
  }

  /// All other conditions, a line each.
  fileprivate var reasonLines: [String] {
    var lines: [String] = []
    if let triggers { lines.append(few(triggers.map(\.phrase), " or ")) }
    if mention == .channelWide { lines.append("@all counts as well") }
    let shown: [ConditionKey] = [.author, .user, .channel, .kind, .team, .trigger, .mention]
    let order: [ConditionKey] = [.command, .text, .files, .remote, .thread, .edited, .time, .not, .any]
    let others = keys.filter { !(shown + order).contains($0) }
    lines += (order.filter(keys.contains) + others).flatMap(phrases)
    return lines.isEmpty ? ["any message"] : lines.map(\.printable)
  }

  /// The phrases of one key on lines of their own.
  private func phrases(for key: ConditionKey) -> [String] {
    switch key {
    case .time: words(for: .time)
    case .text: text.map(\.phrase)
    case .not: not.map { "not: " + $0.phrase }
    case .any: ["any of: " + few(any.map(\.phrase), " | ")]
    default:
      if case .facts(let allowed) = self[key], let domain = key.field.domain {
        domain.options(within: allowed).compactMap(\.label)
      } else {
        ["\(key.rawValue) " + few(words(for: key))]
      }
    }
  }

  /// The whole condition on one line, as a part of another condition.
  private var phrase: String {
    let parts = keys.flatMap { key -> [String] in
      switch key {
      case .author where authors == [.human]: []
      case .edited where self[flag: .edited] == false: []
      case .text: text.map(\.phrase)
      case .not: not.map { "not " + $0.phrase }
      case .any: ["(" + few(any.map(\.phrase), " | ") + ")"]
      default: ["\(key.rawValue) " + few(words(for: key), " or ")]
      }
    }
    return parts.isEmpty ? "anything" : parts.joined(separator: ", ")
  }
}

extension TextTest {
  fileprivate var phrase: String {
    let verb =
      switch kind {
      case .contains: "contains"
      case .word: "has the word"
      case .startsWith: "begins with"
      case .endsWith: "ends with"
      case .equals: "is"
      case .matches: "matches"
      }
    return "text \(verb) " + few(patterns.map { "“\($0)”" }, " or ")
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

/// Joins the first few printable names.
private func few(_ names: [String], _ separator: String = ", ") -> String {
  enumeration(of: names.map(\.printable), separator: separator, limit: Limits.graphNamesMax)
}
