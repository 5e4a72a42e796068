public import RuleEngine

/// What a hook's `HOOK.yaml` says.
public struct HookManifest: Sendable, Equatable {
  /// What it is called.
  public var name: String
  /// The events that it is run for: names, `command:*`, or `*`.
  public var events: [String]
  /// What it is for.
  public var summary: String?
  /// Seconds that it may take.
  public var timeoutSeconds: Int
  /// Those with lower numbers are run first.
  public var priority: Int
  /// Whether it is run at all.
  public var isEnabled: Bool
  /// Variables that it sees beside the plain ones.
  public var environment: [NamedValue]

  /// Whether it is run for an event.
  public func isFor(_ event: String) -> Bool {
    events.contains { $0 == "*" || $0 == event || $0 == "command:*" && event.hasPrefix("command:") }
  }
}

/// The events that hooks can be run for, beside `command:NAME`.
public enum HookEventName: String, Sendable, CaseIterable {
  case gatewayStartup = "gateway:startup"
  case gatewayShutdown = "gateway:shutdown"
  case sessionStart = "session:start"
  case sessionEnd = "session:end"
  case sessionReset = "session:reset"
  case agentStart = "agent:start"
  case agentEnd = "agent:end"
  case rulesReload = "rules:reload"
}
