package import RuleEngine
package import ServerLookup
package import Sessions

/// The gateway cannot start, or cannot go on.
package enum GatewayError: Error, Sendable, CustomStringConvertible {
  /// The server cannot be used, or the file of pinned names.
  case lookup(ServerLookupError)
  case store(StoreError)
  /// A regular expression in the rules cannot be compiled.
  case rules(RuleSetError)
  case listen(ListenError)

  init(_ error: RulesResolutionError) {
    switch error {
    case .lookup(let error): self = .lookup(error)
    case .expression(let error): self = .rules(error)
    }
  }

  package var description: String {
    switch self {
    case .lookup(let error): "\(error)"
    case .store(let error): "\(error)"
    case .rules(let error): "\(error)"
    case .listen(let error): "\(error)"
    }
  }

  /// True if the gateway has lost its place in a database, or could not take it: started over, it stands by or goes on.
  package var mayStartOver: Bool {
    if case .store(let error) = self { error.isTemporary } else { false }
  }

  /// The exit status: 78 (`EX_CONFIG` in sysexits.h) if a restart cannot help, so that supervisors need not try it;
  /// else 1.
  package var exitCode: Int32 {
    if case .lookup(let error) = self, error.isUnauthorized { 78 } else { 1 }
  }
}
