import Agents
import Core
import RuleEngine

/// The texts about an agent's own commands, models and modes. The agent's words are shown as code or escaped.
enum AgentCommandTexts {
  static let forbidden =
    "Only an approver listed in the rules may choose a mode, because a mode can disable permission requests."

  /// The part of `!help` about an agent's own commands, or `nil` if the user may run none of them.
  static func help(
    _ offer: AgentControls, of agent: String, commands: Commands, botName: String, isListed: Bool
  ) -> String? {
    let prefix = CommandTexts.typedPrefix(of: commands)
    var rows: [String] = []
    for kind in AgentControls.Kind.allCases where !commands.bind(kind.rawValue) && (kind != .mode || isListed) {
      guard let setting = offer.settings[kind] else { continue }
      let now = setting.current.isEmpty ? "" : "; now \(setting.current.codeSpan(atMost: Limits.excerptScalarsMax))"
      rows.append("| `\(prefix)\(kind.rawValue)` | Lists its \(kind.rawValue)s, or chooses one\(now) |")
    }
    for command in offer.commands where !commands.bind(command.name) {
      let kind = AgentControls.Kind(rawValue: command.name.lowercased())
      if let kind, offer.settings[kind] != nil || kind == .mode && !isListed { continue }
      let purpose = command.purpose.singleLine(atMost: Limits.excerptScalarsMax).escapedMarkdown(after: "| ")
      rows.append("| `\(prefix)\(command.name)` | \(purpose.escaped(for: .tableCell)) |")
    }
    guard !rows.isEmpty else { return nil }
    let head =
      "The agent `\(agent)` has these commands as well; in a channel, write them after my name "
      + "(`@\(botName) \(prefix)…`):"
    return ([head, "", "| Command | What it does |", "| :-- | :-- |"] + rows).joined(separator: "\n")
  }

  static func list(_ kind: AgentControls.Kind, _ setting: AgentControls.Setting, of agent: String, prefix: String)
    -> String
  {
    let rows = setting.choices.map { choice in
      let name =
        choice.name == choice.id
        ? "" : ": \(choice.name.singleLine(atMost: Limits.excerptScalarsMax).escapedMarkdown(after: ": "))"
      let mark = choice.id == setting.current ? " (now)" : ""
      return "- \(choice.id.codeSpan(atMost: Limits.excerptScalarsMax))\(name)\(mark)"
    }
    return "The agent `\(agent)` has these \(kind.rawValue)s; choose one with `\(prefix)\(kind.rawValue) NAME`:\n\n"
      + rows.joined(separator: "\n")
  }

  static func unknown(_ typed: String, _ kind: AgentControls.Kind, of agent: String, nearest: String?) -> String {
    let remedy = nearest.map { " Did you mean \($0.codeSpan(atMost: Limits.excerptScalarsMax))?" } ?? ""
    return "The agent `\(agent)` has no \(kind.rawValue) \(typed.codeSpan(atMost: Limits.excerptScalarsMax)).\(remedy)"
  }

  static func chosen(
    _ choice: AgentControls.Setting.Choice, _ kind: AgentControls.Kind, of agent: String, _ outcome: SelectionResult
  ) -> String {
    let id = choice.id.codeSpan(atMost: Limits.excerptScalarsMax)
    return switch outcome {
    case .applied: "The agent `\(agent)` now has the \(kind.rawValue) \(id) in this conversation."
    case .deferred: "The agent `\(agent)` will have the \(kind.rawValue) \(id) here from its next answer on."
    case .rejected(let why):
      "The agent `\(agent)` rejects the \(kind.rawValue) \(id)"
        + (why.isEmpty ? "." : ": \(why.escapedMarkdown(after: ": ")).")
    case .unsupported: "The agent `\(agent)` has no \(kind.rawValue)s to choose from any more."
    }
  }
}
