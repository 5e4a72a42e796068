import Core

/// What an agent announces of a session: its commands, modes and models, and how the latter are set.
///
/// Specification: https://agentclientprotocol.com/protocol/slash-commands,
/// https://agentclientprotocol.com/protocol/session-modes, https://agentclientprotocol.com/protocol/session-config-options
struct ACPControls: Equatable {
  /// How a value is set: agents have one of three ways.
  private enum Way: Equatable {
    case method(String, key: String)
    case option(String)
  }

  private(set) var offer = AgentControls()
  private var ways: [AgentControls.Kind: Way] = [:]

  /// Takes the answer to `session/new` or `session/load`.
  mutating func take(session: JSON) {
    // What newer agents say of both as options stands over the rest.
    set(
      .mode, session["modes"], "availableModes", id: "id", current: "currentModeId",
      .method("session/set_mode", key: "modeId"))
    set(
      .model, session["models"], "availableModels", id: "modelId", current: "currentModelId",
      .method("session/set_model", key: "modelId"))
    take(options: session["configOptions"])
  }

  /// Takes an update of the session, and returns whether it was about this.
  @discardableResult
  mutating func take(update: JSON) -> Bool {
    switch update["sessionUpdate"]?.string {
    case "available_commands_update":
      offer.commands = (update["availableCommands"]?.elements ?? []).prefix(Limits.acpOffersMax).compactMap { command in
        // What cannot be typed as a command is left out.
        guard let name = command["name"]?.string, name.isCommandName else { return nil }
        return AgentControls.Command(name: name, purpose: command["description"]?.string ?? "")
      }
    case "current_mode_update":
      guard let mode = update["currentModeId"]?.string else { return false }
      offer.settings[.mode]?.current = mode
    case "config_option_update": take(options: update["configOptions"])
    default: return false
    }
    return true
  }

  /// The request that sets a value in a session; `nil` if there is nothing of the kind.
  func request(setting kind: AgentControls.Kind, to id: String, in session: String) -> (method: String, params: JSON)? {
    let place: JSON = ["sessionId": .string(session)]
    return switch ways[kind] {
    case .method(let method, let key)?: (method, place.appending([JSON.Member(key: key, value: .string(id))]))
    case .option(let option)?:
      ("session/set_config_option", place.appending(["configId": .string(option), "value": .string(id)]))
    case nil: nil
    }
  }

  /// Notes what came of such a request.
  mutating func hasSet(_ kind: AgentControls.Kind, to id: String, answer: JSON) {
    offer.settings[kind]?.current = id
    take(options: answer["configOptions"])
  }

  private mutating func take(options: JSON?) {
    for option in options?.elements ?? [] where option["type"]?.string == "select" {
      // Some name only the option, not its category.
      guard let id = option["id"]?.string,
        let kind = AgentControls.Kind(rawValue: option["category"]?.string ?? id)
      else { continue }
      set(kind, option, "options", id: "value", current: "currentValue", .option(id))
    }
  }

  private mutating func set(
    _ kind: AgentControls.Kind, _ told: JSON?, _ list: String, id: String, current: String, _ way: Way
  ) {
    // Options may come in groups.
    let entries = (told?[list]?.elements ?? []).flatMap { $0["options"]?.elements ?? [$0] }
    let choices = entries.prefix(Limits.acpOffersMax).compactMap { entry in
      entry[id]?.string.map { AgentControls.Setting.Choice(id: $0, name: entry["name"]?.string ?? $0) }
    }
    guard !choices.isEmpty else { return }
    offer.settings[kind] = AgentControls.Setting(current: told?[current]?.string ?? "", choices: choices)
    ways[kind] = way
  }
}

extension String {
  /// Whether it can be typed after a command's prefix: `[A-Za-z][A-Za-z0-9_-]*`.
  fileprivate var isCommandName: Bool {
    guard let first = utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20) else { return false }
    return utf8.count <= Limits.acpOfferNameBytesMax
      && unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
      }
  }
}
