import AgentSessions
import Core
import RuleEngine

/// What is said of an agent's own commands, models and modes. The agent's words are shown as code or mere text.
enum AgentCommandTexts {
  static let forbidden =
    "Only an approver listed in the rules may choose a mode, because a mode can turn the agent's questions off."

  /// The part of `!help` on what an agent offers; `nil` if there is nothing that this user may use.
  static func help(
    _ offer: AgentControls, of agent: String, commands: Commands, botName: String, isListed: Bool
  ) -> String? {
    let prefix = CommandTexts.typedPrefix(of: commands)
    var rows: [String] = []
    for kind in AgentControls.Kind.allCases where !commands.binds(kind.rawValue) && (kind != .mode || isListed) {
      guard let setting = offer.settings[kind] else { continue }
      let now = setting.current.isEmpty ? "" : "; now \(setting.current.codeSpan(atMost: Limits.shortened))"
      rows.append("| `\(prefix)\(kind.rawValue)` | Lists its \(kind.rawValue)s, or chooses one\(now) |")
    }
    for command in offer.commands where !commands.binds(command.name) {
      let kind = AgentControls.Kind(rawValue: command.name.lowercased())
      if let kind, offer.settings[kind] != nil || kind == .mode && !isListed { continue }
      let purpose = command.purpose.singleLine(atMost: Limits.shortened).escapedMarkdown(after: "| ")
      rows.append("| `\(prefix)\(command.name)` | \(purpose.replacing("|", with: "\\|")) |")
    }
    guard !rows.isEmpty else { return nil }
    let head =
      "The agent `\(agent)` knows these as well; in a channel, write them after my name (`@\(botName) \(prefix)…`):"
    return ([head, "", "| Command | What it does |", "| :-- | :-- |"] + rows).joined(separator: "\n")
  }

  static func list(_ kind: AgentControls.Kind, _ setting: AgentControls.Setting, of agent: String, prefix: String)
    -> String
  {
    let rows = setting.choices.map { choice in
      let name =
        choice.name == choice.id
        ? "" : ": \(choice.name.singleLine(atMost: Limits.shortened).escapedMarkdown(after: ": "))"
      return "- \(choice.id.codeSpan(atMost: Limits.shortened))\(name)\(choice.id == setting.current ? " (now)" : "")"
    }
    return "The agent `\(agent)` has these \(kind.rawValue)s; choose one with `\(prefix)\(kind.rawValue) NAME`:\n\n"
      + rows.joined(separator: "\n")
  }

  static func unknown(_ typed: String, _ kind: AgentControls.Kind, of agent: String, nearest: String?) -> String {
    let cure = nearest.map { " Did you mean \($0.codeSpan(atMost: Limits.shortened))?" } ?? ""
    return "The agent `\(agent)` has no \(kind.rawValue) \(typed.codeSpan(atMost: Limits.shortened)).\(cure)"
  }

  static func chosen(
    _ choice: AgentControls.Setting.Choice, _ kind: AgentControls.Kind, of agent: String, _ outcome: SelectionResult
  ) -> String {
    let id = choice.id.codeSpan(atMost: Limits.shortened)
    return switch outcome {
    case .made: "The agent `\(agent)` now has the \(kind.rawValue) \(id) in this conversation."
    case .kept: "The agent `\(agent)` has the \(kind.rawValue) \(id) in this conversation from its next answer on."
    case .refused(let why):
      "The agent `\(agent)` does not take the \(kind.rawValue) \(id)\(why.isEmpty ? "" : ": \(why.escapedMarkdown(after: ": "))")."
    case .unknown: "The agent `\(agent)` has no \(kind.rawValue)s to choose from any more."
    }
  }
}
