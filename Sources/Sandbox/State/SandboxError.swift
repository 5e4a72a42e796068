/// A failure of the sandbox.
package enum SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It cannot listen on the port, for the reason that the system gives.
  case cannotListen(host: String, port: UInt16, reason: String)
  /// Mattermost would refuse the call with this error.
  case refused(id: String, message: String)
  /// An expected change did not happen in time.
  case timedOut(_ change: String, after: Duration)
  case unknownUser(String)
  case unknownChannel(String)

  /// The failure and the remedy.
  package var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "the sandbox cannot listen on \(host):\(port): \(reason); choose another port, or 0 for any free one"
    case .refused(let id, let message):
      "the sandbox refused, as Mattermost would: \(message) (\(id))"
    case .timedOut(let change, let limit):
      "timed out after \(limit) waiting for \(change)"
    case .unknownUser(let name):
      "the sandbox has no user `\(name)`; it has \(Fixtures.speakers.joined(separator: ", ")) and \(Fixtures.botName)"
    case .unknownChannel(let name):
      "the sandbox has no channel `\(name)` that the user is in; name one by its name, `@user` for a direct channel, "
        + "or `group`"
    }
  }

  init(_ error: AppError) { self = .refused(id: error.id, message: error.message) }
}
