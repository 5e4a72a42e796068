import Agents
import RuleEngine

/// A command that the rules do not bind and that the agent knows.
enum AgentCommand {
  /// A slash command of the agent's own, as the message to send to it.
  case message(String)
  /// Lists the values of a setting, or selects one.
  case setting(AgentControls.Kind, AgentControls.Setting, typed: String)
  /// The user may not run it: a mode can disable permission requests, so only listed approvers may select one.
  case forbidden

  /// Parses a message; `nil` if it is not a command, the rules bind it, or the agent does not know it.
  init?(_ body: String, offer controls: AgentControls, commands: Commands, isListed: Bool) {
    guard let command = SlashCommand(body, prefixes: commands.prefixes), !commands.bind(command.name) else {
      return nil
    }
    let name = command.name.lowercased()
    let kind = AgentControls.Kind(rawValue: name)
    let typed = String(command.arguments)
    if let kind, let setting = controls.settings[kind] {
      self = kind == .mode && !typed.isEmpty && !isListed ? .forbidden : .setting(kind, setting, typed: typed)
    } else if let known = controls.commands.first(where: { $0.name.lowercased() == name }) {
      self = kind == .mode && !isListed ? .forbidden : .message("/\(known.name)" + (typed.isEmpty ? "" : " \(typed)"))
    } else {
      return nil
    }
  }
}

extension Commands {
  /// Returns whether the rules bind a name, however it is capitalized.
  func bind(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return bindings.contains { $0.name == name || $0.aliases.contains(name) }
  }
}
