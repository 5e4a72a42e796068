import AgentSessions
import Core
import RuleEngine

/// A command that the rules do not bind and that the agent knows.
enum AgentCommand {
  /// One of the agent's own: what it is told.
  case message(String)
  /// Shows what can be set, or sets it.
  case setting(AgentControls.Kind, AgentControls.Setting, typed: String)
  /// It may switch the agent's questions off, and the asker is no listed approver.
  case forbidden

  /// Reads a message; `nil` if it is no command, one that the rules bind, or one that the agent does not know.
  init?(_ body: String, offer: AgentControls, commands: Commands, isListed: Bool) {
    guard let text = SlashCommand(body, prefixes: commands.prefixes), !commands.binds(text.name) else { return nil }
    let kind = AgentControls.Kind(rawValue: text.name.lowercased())
    let typed = String(text.arguments)
    if let kind, let setting = offer.settings[kind] {
      self = kind == .mode && !typed.isEmpty && !isListed ? .forbidden : .setting(kind, setting, typed: typed)
    } else if let known = offer.commands.first(where: { $0.name.lowercased() == text.name.lowercased() }) {
      self = kind == .mode && !isListed ? .forbidden : .message("/\(known.name)" + (typed.isEmpty ? "" : " \(typed)"))
    } else {
      return nil
    }
  }
}

extension Commands {
  /// Returns whether the rules bind a name as it was typed.
  func binds(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return bindings.contains { $0.name == name || $0.aliases.contains(name) }
  }
}
