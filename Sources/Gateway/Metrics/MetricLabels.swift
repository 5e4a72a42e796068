import Core
import RuleEngine

/// The way in which a post came.
enum PostSource: String, Sendable, CaseIterable {
  case socket
  /// Over REST, because the event socket had not delivered it.
  case backfill
  /// Over REST, because there is no event socket.
  case polling
}

/// The result of loading a newer rules file.
enum ReloadOutcome: String, Sendable, CaseIterable {
  case loaded, refused
}

/// The kind of a decision: what happens, or why nothing does.
enum DecisionKind: Int, Sendable, CaseIterable {
  case own, system, noAccess, noRule, ignored, unknownCommand, ask, say, deny, run, refuse, hint

  init(_ outcome: Outcome) {
    self =
      switch outcome {
      case .silent(.own): .own
      case .silent(.system): .system
      case .silent(.noAccess): .noAccess
      case .silent(.noRule): .noRule
      case .silent(.ignored): .ignored
      case .silent(.unknownCommand): .unknownCommand
      case .ask: .ask
      case .say: .say
      case .deny: .deny
      case .run: .run
      case .refuse: .refuse
      case .hint: .hint
      }
  }

  var name: String {
    switch self {
    case .own: IgnoreReason.own.rawValue
    case .system: IgnoreReason.system.rawValue
    case .noAccess: IgnoreReason.noAccess.rawValue
    case .noRule: IgnoreReason.noRule.rawValue
    case .ignored: IgnoreReason.ignored.rawValue
    case .unknownCommand: IgnoreReason.unknownCommand.rawValue
    case .ask: "ask"
    case .say: "say"
    case .deny: "deny"
    case .run: "run"
    case .refuse: "refuse"
    case .hint: "hint"
    }
  }
}

/// The counter of posts with certain labels, as a number: looking it up for each post must cost next to nothing.
struct PostKind: Hashable {
  let author: Author
  let channel: ChannelKind
  let source: PostSource

  private var number: Int {
    let author =
      switch author {
      case .human: 0
      case .bot: 1
      case .webhook: 2
      case .plugin: 3
      case .system: 4
      case .own: 5
      }
    let channel =
      switch channel {
      case .public: 0
      case .private: 1
      case .group: 2
      case .direct: 3
      }
    let source =
      switch source {
      case .socket: 0
      case .backfill: 1
      case .polling: 2
      }
    return (author * 4 + channel) * 3 + source
  }

  static func == (one: PostKind, other: PostKind) -> Bool { one.number == other.number }

  func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
