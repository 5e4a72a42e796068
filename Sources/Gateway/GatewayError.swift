package import AgentSessions
package import MattermostIO
package import RuleEngine

/// Why the gateway cannot start, or cannot go on.
package enum GatewayError: Error, Sendable, CustomStringConvertible {
  /// The server did not do what it was asked.
  case mattermost(MattermostError)
  /// The store cannot be used.
  case store(StoreError)
  /// The rules cannot be compiled.
  case rules(RuleSetError)
  /// What the rules' names stood for cannot be read.
  case names(PinnedNamesFileError)
  /// The address for `/health` cannot be listened on, and the system's reason.
  case health(HealthAddress, reason: String)

  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .mattermost(let error): "\(error)"
    case .store(let error): "\(error)"
    case .rules(let error): "\(error)"
    case .names(let error): "\(error)"
    case .health(let address, let reason):
      "cannot listen on \(address) for /health: \(reason); choose another address or port"
    }
  }

  /// Whether the server does not accept the token.
  var isUnauthorized: Bool {
    if case .mattermost(let error) = self { error.code == .unauthorized } else { false }
  }

  /// The status to end with: 78 (`EX_CONFIG` of sysexits.h) where nothing gets better by starting again, which
  /// supervisors can be told; else 1.
  package var exitCode: Int32 { isUnauthorized ? 78 : 1 }
}
