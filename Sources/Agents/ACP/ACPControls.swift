import Core

/// The commands, modes and models that a session announces, and how the latter are changed.
///
/// Specification: https://agentclientprotocol.com/protocol/slash-commands,
/// https://agentclientprotocol.com/protocol/session-modes,
/// https://agentclientprotocol.com/protocol/session-config-options
struct ACPControls: Equatable {
  /// The way to set a value: agents use one of three.
  private enum Setter: Equatable {
    case method(String, key: String)
    case option(String)
  }

  private(set) var controls = AgentControls()
  private var setters: [AgentControls.Kind: Setter] = [:]

  /// Reads the result of `session/new` or `session/load`.
  mutating func read(session: JSON) {
    // Newer agents repeat both as options, which override the rest.
    set(
      .mode, session["modes"], "availableModes", id: "id", current: "currentModeId",
      .method("session/set_mode", key: "modeId"))
    set(
      .model, session["models"], "availableModels", id: "modelId", current: "currentModelId",
      .method("session/set_model", key: "modelId"))
    read(options: session["configOptions"])
  }

  /// Reads an update of the session, and returns whether it is about controls.
  @discardableResult
  mutating func read(update: JSON) -> Bool {
    switch update["sessionUpdate"]?.string {
    case "available_commands_update":
      controls.commands = (update["availableCommands"]?.elements ?? []).prefix(Limits.acpOffersMax).compactMap {
        command in
        // A name that cannot be typed as a command is left out.
        guard let name = command["name"]?.string, name.isCommandName else { return nil }
        return AgentControls.Command(name: name, purpose: command["description"]?.string ?? "")
      }
    case "current_mode_update":
      guard let mode = update["currentModeId"]?.string else { return false }
      controls.settings[.mode]?.current = mode
    case "config_option_update": read(options: update["configOptions"])
    default: return false
    }
    return true
  }

  /// Returns the request that changes a setting of a session, or `nil` if it has no such setting.
  func request(setting kind: AgentControls.Kind, to id: String, in session: String) -> (method: String, params: JSON)? {
    let params: JSON = ["sessionId": .string(session)]
    return switch setters[kind] {
    case .method(let method, let key)?: (method, params.appending([JSON.Member(key: key, value: .string(id))]))
    case .option(let option)?:
      ("session/set_config_option", params.appending(["configId": .string(option), "value": .string(id)]))
    case nil: nil
    }
  }

  /// Records the result of such a request.
  mutating func didSet(_ kind: AgentControls.Kind, to id: String, result: JSON) {
    controls.settings[kind]?.current = id
    read(options: result["configOptions"])
  }

  private mutating func read(options: JSON?) {
    for option in options?.elements ?? [] where option["type"]?.string == "select" {
      // Some agents send only the option's id, not its category.
      guard let id = option["id"]?.string,
        let kind = AgentControls.Kind(rawValue: option["category"]?.string ?? id)
      else { continue }
      set(kind, option, "options", id: "value", current: "currentValue", .option(id))
    }
  }

  private mutating func set(
    _ kind: AgentControls.Kind, _ json: JSON?, _ list: String, id: String, current: String, _ setter: Setter
  ) {
    // Options may be grouped.
    let entries = (json?[list]?.elements ?? []).flatMap { $0["options"]?.elements ?? [$0] }
    let choices = entries.prefix(Limits.acpOffersMax).compactMap { entry in
      entry[id]?.string.map { AgentControls.Setting.Choice(id: $0, name: entry["name"]?.string ?? $0) }
    }
    guard !choices.isEmpty else { return }
    controls.settings[kind] = AgentControls.Setting(current: json?[current]?.string ?? "", choices: choices)
    setters[kind] = setter
  }
}

extension String {
  /// True if it can be typed after a command's prefix: `[A-Za-z][A-Za-z0-9_-]*`.
  fileprivate var isCommandName: Bool {
    guard let first = utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20) else { return false }
    return utf8.count <= Limits.acpOfferNameBytesMax
      && unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
      }
  }
}
