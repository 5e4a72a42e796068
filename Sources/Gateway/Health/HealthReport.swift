import ConfigLoader
import FoundationEssentials

/// How the gateway is, as `/health` tells it: no secret, nothing from the chat, no text of a rules file.
struct HealthReport: Sendable, Codable, Equatable {
  var status: Status
  var connection: Connection
  var rules: Rules
  /// Why the newest rules are not in force.
  var refused: Refused?

  enum Status: String, Codable {
    /// Connected, under the newest rules.
    case ok
    /// Posts come, but over REST, or newer rules were refused.
    case degraded
    /// No posts come: nothing is answered.
    case down
  }

  struct Connection: Codable, Equatable {
    var connected: Bool
    var mode: ConnectionState.Mode
    var since: Date
  }

  struct Rules: Codable, Equatable {
    var file: String
    var sha256: String
    var since: Date
    /// Where these are the last good rules, because the newest were bad at start: when they were good.
    var lastGood: Date?
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

  init(_ connection: (mode: ConnectionState.Mode, since: Date), _ inForce: RulesInForce, _ refused: (RulesRefusal, since: Date)?) {
    self.connection = Connection(
      connected: connection.mode != .none, mode: connection.mode, since: connection.since)
    rules = Rules(
      file: inForce.name, sha256: inForce.fingerprint, since: inForce.since, lastGood: inForce.lastGood)
    self.refused = refused.map { Refused($0, since: $1) }
    status =
      switch connection.mode {
      case .none: .down
      case .polling: .degraded
      case .websocket: refused == nil ? .ok : .degraded
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
  init(_ refusal: RulesRefusal, since: Date) {
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
