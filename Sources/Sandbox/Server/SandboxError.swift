/// Why the sandbox could not do what its owner asked.
package enum SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The port cannot be listened on, and the system's reason.
  case cannotListen(host: String, port: UInt16, reason: String)
  /// Mattermost would refuse it: the error's id and message.
  case refused(id: String, message: String)
  /// What was waited for did not come.
  case timedOut(_ what: String, after: Duration)
  /// No user of that name.
  case unknownUser(String)
  /// No such channel, seen from the user.
  case unknownChannel(String)

  /// What happened and what to do.
  package var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "the sandbox cannot listen on \(host):\(port): \(reason); choose another port, or 0 for any free one"
    case .refused(let id, let message):
      "the sandbox refused, as Mattermost would: \(message) (\(id))"
    case .timedOut(let what, let limit):
      "waited \(limit) for \(what), and it did not come"
    case .unknownUser(let name):
      "the sandbox has no user `\(name)`; it has \(Fixtures.speakers.joined(separator: ", ")) and \(Fixtures.botName)"
    case .unknownChannel(let name):
      "the sandbox has no channel `\(name)` that the user is in; name one by its name, `@user` for a direct channel, "
        + "or `group`"
    }
  }

  init(_ error: AppError) { self = .refused(id: error.id, message: error.message) }
}
