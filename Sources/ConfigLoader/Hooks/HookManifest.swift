package import RuleEngine

/// What a hook's `HOOK.yaml` says.
package struct HookManifest: Sendable, Equatable {
  /// What it is called.
  package var name: String
  /// The events that it is run for: names, `command:*`, or `*`.
  package var events: [String]
  /// What it is for.
  package var summary: String?
  /// Seconds that it may take.
  package var timeoutSeconds: Int
  /// Those with lower numbers are run first.
  package var priority: Int
  /// Whether it is run at all.
  package var isEnabled: Bool
  /// Variables that it sees beside the plain ones.
  package var environment: [NamedValue]

  /// Whether it is run for an event.
  package func isFor(_ event: String) -> Bool {
    events.contains { $0 == "*" || $0 == event || $0 == "command:*" && event.hasPrefix("command:") }
  }
}

/// The events that hooks can be run for, beside `command:NAME`.
package enum HookEventName: String, Sendable, CaseIterable {
  case gatewayStartup = "gateway:startup"
  case gatewayShutdown = "gateway:shutdown"
  case sessionStart = "session:start"
  case sessionEnd = "session:end"
  case sessionReset = "session:reset"
  case agentStart = "agent:start"
  case agentEnd = "agent:end"
  case rulesReload = "rules:reload"
}
