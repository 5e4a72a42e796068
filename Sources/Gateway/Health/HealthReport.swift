import ConfigLoader
import FoundationEssentials
import RuleEngine
import ServerLookup
import Sessions

/// The JSON of `/health`. It has no secret and nothing from the chat; of the rules file it has only renamed names.
struct HealthReport: Sendable, Codable, Equatable {
  var status: Status
  var connection: Connection
  var rules: Rules
  var access: MayTalk
  /// The reason why the newest rules are not in force.
  var refused: Refused?
  /// Renamed names in the rules; `nil` if there are none.
  var moved: [Moved]?
  /// The state of the store's files; `nil` if nothing happened to them.
  var store: Store?
  /// Another gateway with the same token; `nil` if none posted recently.
  var otherGateway: OtherGateway?
  /// The gateway that answers by other rules while this one stands by; `nil` if this one does not.
  var standby: Standby?

  enum Status: String, Codable {
    /// Connected, and the newest rules are in force.
    case ok
    /// Messages are answered, but a person should look: posts are polled over REST, the newest rules were rejected,
    /// names in the rules were renamed, the store was deleted, or another gateway uses the same token.
    case degraded
    /// No posts arrive, or none may be claimed: other rules are in force, or the lease is over. Nothing is answered.
    case down
    /// Other gateways of the same store answer by other rules, and this one waits until they are the same.
    case standby
  }

  struct Standby: Codable, Equatable {
    /// The name of one of the gateways that answer.
    var gateway: String
    var since: Date
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
    /// The time at which the file was valid, if this is the copy of the last valid one.
    var lastGood: Date?
  }

  struct MayTalk: Codable, Equatable {
    /// `everyone`, `nobody`, or a number: `2 users`.
    var mayTalk: String
    /// The reason why access for everyone may not be meant, and what to do.
    var warning: String?
  }

  struct Refused: Codable, Equatable {
    var file: String
    var since: Date
    var reason: String
    var diagnostics: [Problem]
    /// The number of diagnostics that are left out.
    var more: Int
  }

  struct Problem: Codable, Equatable {
    var code: String
    var line: Int
    var column: Int
  }

  struct Moved: Codable, Equatable {
    /// `user`, `channel` or `team`.
    var kind: String
    /// The name in the rules.
    var name: String
    /// The id that the rules apply to.
    var id: String
    /// The current name, if the server says it.
    var now: String?
    /// True if something else has the name in the rules now.
    var taken: Bool
  }

  struct Store: Codable, Equatable {
    var state: State
    var since: Date?

    enum State: String, Codable {
      /// The files were deleted, and written again.
      case restored
      /// The files were deleted and cannot be written: no message is accepted, and a restart loses their contents.
      case deleted
      /// Other files are in their place.
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
    _ connection: (mode: ConnectionState.Mode, since: Date), _ active: ActiveRules,
    _ rejected: (RulesRejection, since: Date)?, _ renamed: [RenamedEntity], _ store: StoreCondition,
    otherGatewaySeen: Date?, _ standby: (gateway: String, since: Date)? = nil, mayClaim: Bool = true
  ) {
    self.store = Store(store)
    let isStoreUsable = self.store.map { $0.state == .restored } ?? true
    self.connection = Connection(
      connected: connection.mode != .none, mode: connection.mode, since: connection.since)
    rules = Rules(file: active.name, sha256: active.fingerprint, since: active.since, lastGood: active.lastGood)
    access = MayTalk(mayTalk: active.ruleSet.access.count, warning: active.openAccess?.warning)
    refused = rejected.map { Refused($0, since: $1) }
    moved =
      renamed.isEmpty
      ? nil
      : renamed.map { Moved(kind: $0.role.rawValue, name: $0.name, id: $0.id, now: $0.now, taken: $0.isTaken) }
    otherGateway = otherGatewaySeen.map(OtherGateway.init)
    self.standby = standby.map { Standby(gateway: $0.gateway, since: $0.since) }
    status =
      switch connection.mode {
      case _ where standby != nil: .standby
      case _ where !mayClaim: .down
      case .none: .down
      case .polling: .degraded
      case .websocket:
        rejected == nil && renamed.isEmpty && isStoreUsable && otherGatewaySeen == nil ? .ok : .degraded
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
  fileprivate init(_ rejection: RulesRejection, since: Date) {
    var found: [Diagnostic] = []
    var leftOut = 0
    switch rejection.reason {
    case .diagnostics(let all, let number, _): (found, leftOut, reason) = (all, number, "diagnostics")
    case .unreadable: reason = "unreadable"
    case .missing: reason = "gone"
    case .lookupFailed: reason = "server-silent"
    case .unusable: reason = "expression"
    }
    file = rejection.name
    self.since = since
    diagnostics = found.prefix(Limits.diagnosticsLogged).map {
      HealthReport.Problem(code: $0.code.rawValue, line: $0.span.start.line, column: $0.span.start.column)
    }
    more = found.count - diagnostics.count + leftOut
  }
}
