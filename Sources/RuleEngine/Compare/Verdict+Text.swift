import Core

extension Verdict: CustomStringConvertible {
  /// What was decided, in words: ``rule `talk` asks agent `echo` (session: thread)``.
  package var description: String {
    let scope = session.map { " (session: \($0.rawValue))" } ?? ""
    guard let rule = rule.map({ "rule \(quoted($0))" }) else {
      return switch outcome {
      case .deny: "no access, and told so"
      case .noAccess: "no access"
      case .own: "the bot's own"
      case .system: "the server's own"
      default: "no rule"
      }
    }
    return switch outcome {
    case .ask: "\(rule) asks agent \(quoted(agent ?? ""))\(scope)"
    case .say: "\(rule) says something"
    case .deny: "\(rule) says no"
    case .run: "\(rule) runs command \(quoted(command ?? ""))\(agent.map { " of agent \(quoted($0))" } ?? "")\(scope)"
    case .refuse: "\(rule) refuses command \(quoted(command ?? ""))"
    case .hint: "\(rule) hints at commands"
    case .unknownCommand: "\(rule) passes over an unknown command"
    case .ignored, .own, .system, .noAccess, .noRule: "\(rule) ignores it"
    }
  }
}
