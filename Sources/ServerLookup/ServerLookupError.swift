package import MattermostIO

/// A look-up that failed.
package enum ServerLookupError: Error, Sendable, CustomStringConvertible {
  case server(MattermostError)
  case pinnedNames(PinnedNamesFileError)

  package var description: String {
    switch self {
    case .server(let error): "\(error)"
    case .pinnedNames(let error): "\(error)"
    }
  }

  /// True if the server rejects the token.
  package var isUnauthorized: Bool {
    if case .server(let error) = self { error.code == .unauthorized } else { false }
  }
}
