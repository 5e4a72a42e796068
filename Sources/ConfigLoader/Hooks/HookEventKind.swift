/// A kind of event that hooks run for.
///
/// Each kind is a row: its name, when it happens, the keys of its own that a hook reads, and whether a hook may cancel
/// it. The check of `events` in a manifest, the object that a hook reads and the table of docs/hooks.md follow from the
/// rows.
package enum HookEventKind: Sendable, CaseIterable {
  case gatewayStartup, gatewayShutdown
  case sessionStart, sessionEnd, sessionReset
  case agentStart, agentEnd
  case command
  case rulesReload

  private struct Row {
    let name: String
    let occasion: String
    var keys: [Key] = []
    var canBeCancelled = false
  }

  /// A key of the object that a hook reads, with its possible values if they are few.
  private struct Key: ExpressibleByStringLiteral {
    let name: String
    var values: [String] = []

    init(stringLiteral name: String) { self.name = name }

    init(_ name: String, _ values: String...) {
      self.name = name
      self.values = values
    }
  }

  private var row: Row {
    switch self {
    case .gatewayStartup: Row(name: "gateway:startup", occasion: "the gateway has started")
    case .gatewayShutdown:
      Row(
        name: "gateway:shutdown",
        occasion: "the gateway is asked to stop; it waits up to 5 seconds for this hook and all others that run")
    case .sessionStart: Row(name: "session:start", occasion: "a conversation has its first message")
    case .sessionEnd: Row(name: "session:end", occasion: "a conversation ends by `idle` or `turns`, and another begins")
    case .sessionReset: Row(name: "session:reset", occasion: "a user begins a new conversation, as with `/new`")
    case .agentStart:
      Row(
        name: "agent:start", occasion: "an agent is about to be asked",
        keys: ["post_id", "channel_id", "user_name", "agent", "message"], canBeCancelled: true)
    case .agentEnd:
      Row(
        name: "agent:end", occasion: "the agent's turn is over",
        keys: [
          "post_id", "channel_id", "agent", Key("outcome", "answered", "failed", "stopped", "interrupted"), "answer",
        ])
    case .command:
      Row(
        name: Self.commandPrefix + "NAME", occasion: "a command is about to run",
        keys: ["post_id", "channel_id", "channel_name", "user_name", "command", "arguments"], canBeCancelled: true)
    case .rulesReload: Row(name: "rules:reload", occasion: "a newer rules file takes effect", keys: ["file"])
    }
  }

  /// The prefix of the names of command events; the name of the command follows.
  package static let commandPrefix = "command:"

  /// The name, such as `agent:start`; `command:NAME` for all commands.
  package var name: String { row.name }

  /// The keys that a hook reads beside `event`, `platform`, `session_id` and `user_id`.
  package var keys: [String] { row.keys.map(\.name) }

  /// Indicates whether a hook's `{"cancel": true}` has an effect.
  package var canBeCancelled: Bool { row.canBeCancelled }

  /// The names that a manifest may list, apart from single commands.
  package static let manifestNames =
    allCases.filter { $0 != .command }.map(\.name) + [anyCommand, anyEvent]

  /// Matches every command in a manifest.
  package static let anyCommand = commandPrefix + "*"

  /// Matches every event in a manifest.
  package static let anyEvent = "*"

  /// The table of events for docs/hooks.md.
  package static var table: String {
    let rows = allCases.map { kind in
      let keys = kind.row.keys.map { key in
        "`\(key.name)`" + (key.values.isEmpty ? "" : " (" + key.values.map { "`\($0)`" }.joined(separator: " ") + ")")
      }
      return
        "| `\(kind.name)` | \(kind.row.occasion) | \(keys.joined(separator: " ")) | \(kind.canBeCancelled ? "yes" : "") |\n"
    }
    return "| event | when | its own keys | can be cancelled |\n|---|---|---|---|\n" + rows.joined()
  }
}
