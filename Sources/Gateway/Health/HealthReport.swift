import AgentSessions
import ConfigLoader
import FoundationEssentials
import RuleEngine

/// How the gateway is, as `/health` tells it: no secret, nothing from the chat, and of a rules file's text
/// only names that have moved.
struct HealthReport: Sendable, Codable, Equatable {
  var status: Status
  var connection: Connection
  var rules: Rules
  var access: MayTalk
  /// Why the newest rules are not in force.
  var refused: Refused?
  /// The names in the rules that have moved; nil where none has.
  var moved: [Moved]?
  /// What became of the store's files; nil while they are as they were.
  var store: Store?
  /// Another gateway that answers with the same token; nil where none was seen lately.
  var otherGateway: OtherGateway?

  enum Status: String, Codable {
    /// Connected, under the newest rules.
    case ok
    /// Posts come, but over REST, or newer rules were refused, or names in the rules have moved, or the store was deleted, or
    /// another gateway answers with the same token.
    case degraded
    /// No posts come: nothing is answered.
    case down
  }

  struct Connection: Codable, Equatable {
    var connected: Bool
    var mode: ConnectionState.Mode
    var since: Date
  }

  struct OtherGateway: Codable, Equatable {
    var lastSeen: Date
  }

  struct Rules: Codable, Equatable {
    var file: String
    var sha256: String
    var since: Date
    /// Where these are the last good rules, because the newest were bad at start: when they were good.
    var lastGood: Date?
  }

  struct MayTalk: Codable, Equatable {
    /// `everyone`, `nobody`, or how many: `2 users`.
    var mayTalk: String
    /// Why letting in everyone may not be meant, and what to do; nil where it is.
    var warning: String?
  }

  struct Refused: Codable, Equatable {
    var file: String
    var since: Date
    var reason: String
    var findings: [Finding]
    /// How many more findings there are.
    var more: Int
  }

  struct Finding: Codable, Equatable {
    var code: String
    var line: Int
    var column: Int
  }

  struct Moved: Codable, Equatable {
    /// `user`, `channel` or `team`.
    var kind: String
    /// What the rules say.
    var name: String
    /// What they mean.
    var id: String
    /// What that is called now, where the server tells.
    var now: String?
    /// Whether something else has the name now.
    var taken: Bool
  }

  /// What became of the store's files.
  struct Store: Codable, Equatable {
    var state: State
    var since: Date?

    enum State: String, Codable {
      /// They were deleted, and written again.
      case restored
      /// They were deleted and cannot be written: nothing is taken in, and a restart loses what was in them.
      case deleted
      /// Other files have taken their place.
      case replaced
    }

    init?(_ condition: StoreCondition) {
      switch condition {
      case .sound: return nil
      case .restored(let at): (state, since) = (.restored, at)
      case .deleted(let since, _): (state, self.since) = (.deleted, since)
      case .replaced: state = .replaced
      }
    }
  }

  init(
    _ connection: (mode: ConnectionState.Mode, since: Date), _ inForce: ActiveRules,
    _ refused: (RulesRejection, since: Date)?, _ moved: [RenamedEntity], _ store: StoreCondition, _ otherGateway: Date?
  ) {
    self.store = Store(store)
    let isStoreThere = self.store.map { $0.state == .restored } ?? true
    self.connection = Connection(
      connected: connection.mode != .none, mode: connection.mode, since: connection.since)
    rules = Rules(
      file: inForce.name, sha256: inForce.fingerprint, since: inForce.since, lastGood: inForce.lastGood)
    access = MayTalk(mayTalk: inForce.ruleSet.access.counted, warning: inForce.openAccess?.warning)
    self.refused = refused.map { Refused($0, since: $1) }
    self.moved =
      moved.isEmpty
      ? nil
      : moved.map { Moved(kind: $0.role.rawValue, name: $0.name, id: $0.id, now: $0.now, taken: $0.isTaken) }
    self.otherGateway = otherGateway.map(OtherGateway.init)
    status =
      switch connection.mode {
      case .none: .down
      case .polling: .degraded
      case .websocket:
        refused == nil && moved.isEmpty && isStoreThere && otherGateway == nil ? .ok : .degraded
      }
  }

  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.dateEncodingStrategy = .iso8601
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }
}

extension HealthReport.Refused {
  init(_ refusal: RulesRejection, since: Date) {
    let diagnostics: [Diagnostic]
    let leftOut: Int
    switch refusal.reason {
    case .findings(let all, let out, _): (diagnostics, leftOut, reason) = (all, out, "findings")
    case .unreadable: (diagnostics, leftOut, reason) = ([], 0, "unreadable")
    case .gone: (diagnostics, leftOut, reason) = ([], 0, "gone")
    case .serverSilent: (diagnostics, leftOut, reason) = ([], 0, "server-silent")
    case .expression: (diagnostics, leftOut, reason) = ([], 0, "expression")
    }
    file = refusal.name
    self.since = since
    findings = diagnostics.prefix(Limits.findingsLogged).map {
      HealthReport.Finding(code: $0.code.rawValue, line: $0.span.start.line, column: $0.span.start.column)
    }
    more = diagnostics.count - findings.count + leftOut
  }
}
