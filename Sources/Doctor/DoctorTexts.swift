import ConfigLoader
import Core
import MattermostIO
import RuleEngine
import ServerLookup
import Sessions
import Transport

/// The texts of the checks, except those that come with an error.
enum DoctorTexts {
  // MARK: Skipped checks

  static let noAddress = "not checked: MATTERMOST_URL is not set, or is not an http(s) URL"
  static let noToken = "not checked: the settings have errors"
  static let noServer = "not checked: Mattermost cannot be reached"
  static let noAccount = "not checked: the token is not accepted"
  static let notReached = "not checked: a check above failed"
  static let noRules = "not checked: the rules have errors"

  // MARK: Agents

  static func noProgramNeeded(_ agents: Int) -> String { "\(agents.counted("agent")); no external program needed" }
  static let createFolder = "Create the folder, give this user access to it, or correct the agent's `folder`."

  // MARK: Settings

  static func settings(from origins: [String]) -> String {
    Set(origins).count == 1
      ? "MATTERMOST_URL and MATTERMOST_TOKEN are from \(origins[0])"
      : "MATTERMOST_URL is from \(origins[0]), MATTERMOST_TOKEN from \(origins[1])"
  }

  // MARK: The connection

  static func proxy(_ variable: String?) -> String {
    variable.map { "used, because \($0) is set" } ?? "none: the connection is direct"
  }

  static func resolved(_ trace: ConnectionTrace) -> String {
    if trace.proxyVariable != nil { return "the proxy's name resolves; the proxy resolves the server's" }
    return trace.address.isEmpty ? "the name resolves" : "the server is at \(trace.address)"
  }

  static func connected(_ trace: ConnectionTrace) -> String {
    trace.proxyVariable == nil ? "the server accepts the connection" : "the proxy accepts the connection"
  }

  static func secured(_ trace: ConnectionTrace, showing certificate: ClientCertificate?) -> String {
    let end = trace.certificateExpiry.map { " until \(Timestamp(milliseconds: Int64($0) * 1_000).toTheMinute)" } ?? ""
    let trust = trace.certificateVariables.isEmpty ? "" : ", by \(trace.certificateVariables.joined(separator: ", "))"
    let own = certificate.map { "; ours is \($0.certificateFile)" } ?? ""
    return "the certificate is valid\(end)\(trust)\(own)"
  }

  static func trusting(_ variables: [String]) -> String {
    "Only the certificates from \(variables.joined(separator: " and ")) are trusted; CURL_CA_BUNDLE overrides "
      + "SSL_CERT_FILE and SSL_CERT_DIR."
  }

  static let unsecured = "none: the address begins with http://, so the token can be read on the way"

  static func expiresSoon(_ seconds: Int) -> String {
    "the server's certificate expires in \((seconds / 3_600).counted("hour"))"
  }

  static let renew =
    "Renew it on the server, or on the proxy in front of it. If it is renewed automatically, that has failed."

  static func mattermost(_ version: String) -> String {
    "Mattermost " + (version.isEmpty ? "of unknown version" : version)
  }

  static let noDate = "the server does not send its time"

  static func clock(_ skew: ClockSkew) -> String {
    skew.seconds == 0
      ? "the same as the server's" : "\(skew.difference) the server's; at most \(ClockSkew.secondsMax) s are tolerated"
  }

  // MARK: The account

  static func account(_ account: UserRecord) -> String { "belongs to @\(account.username), id \(account.id)" }
  static let bot = "a bot account"

  static func person(_ name: String) -> String {
    "@\(name) is a person's account: that person's own posts count as the bot's and are never answered"
  }

  static let createBot =
    "Create a bot account under Integrations > Bot Accounts and use its token. Servers before 5.12 do not say which "
    + "accounts are bots; there, ignore this."

  // MARK: The event socket

  static let opened = "the event socket opens (101)"
  static let greeted = "the server greets the bot on the event socket"

  static func refusedSocket(_ error: MattermostError) -> String {
    switch (error.code, error.status) {
    case (.upgradeEaten, _):
      "\(error.address) did not open the event socket (400): the headers Upgrade and Connection never reached "
        + "Mattermost."
    case (.notMattermost, 101): "\(error.address) answered 101, but \(error.serverMessage)."
    case (.notMattermost, _):
      "\(error.address) answered the event socket with a page (\(error.status ?? 0)): a proxy or a login in front of "
        + "Mattermost handled the request itself and dropped the headers Upgrade and Connection."
    default: error.summary
    }
  }

  /// If anything answered, a proxy is the most likely cause.
  static func socketRemedy(_ error: MattermostError) -> [String] {
    error.status == nil ? [error.remedy] : [socketRemedy(for: error.code)] + proxyLines
  }

  private static func socketRemedy(for code: MattermostError.Code) -> String {
    switch code {
    case .forbidden:
      "Let the proxy or firewall in front of Mattermost pass /api/v4/websocket on without a login, and as a WebSocket:"
    default: "Let the proxy in front of Mattermost pass /api/v4/websocket on as a WebSocket:"
    }
  }

  private static let proxyLines = [
    "nginx, in the location that covers /api/v4/websocket:",
    "  proxy_http_version 1.1;",
    "  proxy_set_header Upgrade $http_upgrade;",
    "  proxy_set_header Connection \"upgrade\";",
    "Apache 2.4.47 or newer, before its other ProxyPass lines:",
    "  ProxyPass /api/v4/websocket \\",
    "    http://127.0.0.1:8065/api/v4/websocket upgrade=websocket",
  ]

  // MARK: Teams and channels

  static let noTeam = "the bot is in no team"
  static let joinTeam = "Ask a member of a team to invite it there (Invite People, in the team's menu)."
  static let noChannel = "the bot is in no channel"
  static let joinChannel = "Add it to a channel, with `/invite @` and its name there."

  static func mayPost(_ channels: [ChannelRecord], of count: Int) -> String {
    channels.count == count ? "allowed in all of them" : "allowed in \(channels.summary)"
  }

  static func mayNotPost(_ channel: ChannelRecord) -> String {
    "not allowed in \([channel].summary): the bot's roles there lack create_post"
  }

  static let allowPosting =
    "Ask a system admin to let members post there (System Console > User Management > Channels, at the channel), or to "
    + "give the bot's role create_post."

  static func permissionsUnknown(_ error: MattermostError) -> String {
    "the server does not say where the bot may post (\(error.status.map(String.init) ?? error.code.rawValue))"
  }

  static func permissionsUnknown(channels: Int) -> String {
    "for \(channels.counted("channel")), the server does not say whether the bot may post there"
  }

  // MARK: Files

  static func willBeCreated(_ path: String) -> String { "\(path) will be created when the gateway first starts" }
  static let store = "edgecrab.sqlite in it can be read and written"
  static let newStore = "edgecrab.sqlite in it will be created when the gateway first starts"
  static func cannotBeCreated(_ path: String, in parent: String) -> String {
    "\(path) does not exist and cannot be created: \(parent) is not writable"
  }
  static func notWritable(_ path: String) -> String { "\(path) is not writable" }
  static let ownFolder = "Give edgecrab's user a folder of its own, or set EDGECRAB_HOME to one."
  static let ownFile = "Make edgecrab's user its owner, with `chown`."

  // MARK: A database

  static func server(_ found: StoreInspection, at address: String) -> String {
    let way = found.isTLS ? "over TLS" : found.isLocal ? "on this machine" : "without TLS"
    return "\(found.server) at \(address), \(way), as the user \(found.user)"
  }

  static let encrypt =
    "What people write can be read on the way. Add sslmode=verify-full to EDGECRAB_STORE, and sslrootcert= for a "
    + "certificate authority of your own."

  static let oldServer = "the server is older than PostgreSQL 14"
  static let newServer = "Use PostgreSQL 14 or newer."
  static func wrongEncoding(_ encoding: String) -> String { "the encoding of the database is \(encoding)" }
  static let encode = "Create one in UTF8: `createdb --encoding=UTF8 --template=template0 edgecrab`."
  static let readOnly = "nothing can be written: the server is a standby, or its transactions are read-only"
  static let writableServer =
    "Name all servers in EDGECRAB_STORE, such as postgresql://crab@db1,db2/edgecrab: the one that can be written is used."

  static func lacksRights(_ found: StoreInspection) -> String {
    guard let schema = found.schema else { return "the user \(found.user) has no schema in which it may make tables" }
    return "the user \(found.user) may not make or change the store's tables in the schema \(schema)"
  }

  static func giveRights(to user: String) -> String {
    "Make the user the owner of the database: `ALTER DATABASE edgecrab OWNER TO \(user)`."
  }

  static let commitsOff =
    "synchronous_commit is off: after a crash of the database, the last answers may be lost, or given twice"

  static func switchCommitsOn(_ user: String) -> String {
    "Switch it on for this user: `ALTER ROLE \(user) SET synchronous_commit = on`."
  }

  static let asynchronous =
    "commits wait for no replica: after a fail-over to one, the last answers may be lost, or given twice"
  static let synchronize = "Set synchronous_standby_names on the server, or accept it."
  static func commits(_ setting: String) -> String { "synchronous_commit is \(setting): a crash loses nothing" }

  static func databaseClock(_ ahead: Double) -> String {
    let skew = ClockSkew(seconds: Int(ahead.rounded()))
    return "this machine's clock is \(skew.seconds == 0 ? "the same as" : skew.difference) the database's; "
      + "leases depend on the database's alone"
  }

  static let newTables = "its tables will be created when the gateway first starts"
  static let newerStore = "the store in the database was written by a newer edgecrab"
  static let runNewer = "Install that version, or use another database."
  static func otherBot(_ bot: UserID) -> String { "the database is the store of another bot, with the id \(bot)" }
  static let ownDatabase = "Give each bot a database, or a schema, of its own."

  static let olderStore = "the first start of this version brings its tables up to date"

  static func gateways(of store: StoreInspection.Store) -> String {
    let answering = store.answering
    if store.members.allSatisfy({ $0.state == .leaseOver }) { return "no gateway runs with it" }
    let names = answering.map { "\($0.name) (\($0.program))" }
    switch answering.count {
    case 0: return "no gateway answers"
    case 1: return "1 gateway answers: \(names[0]), since \(Duration.seconds(answering[0].secondsJoined).approximate)"
    case let count: return "\(count) gateways answer: " + enumeration(of: names, conjunction: "and", limit: 8)
    }
  }

  // MARK: Rules

  static func invalidRules(_ loaded: LoadedRules) -> String {
    let errors = loaded.diagnostics.count { $0.severity == .error } + loaded.leftOut
    return "\(loaded.source.file) has \(errors.counted("error"))"
  }

  static func checkRules(_ loaded: LoadedRules) -> String {
    "`edgecrab rules check \(loaded.source.file)` shows where they are and what to do."
  }

  static func known(_ names: ReferencedNames, without unknown: [UnknownName]) -> String {
    let counts = names.unresolved.compactMap { role, all -> String? in
      let count = all.count - unknown.count { $0.role == role }
      return count == 0 ? nil : count.counted(role.rawValue)
    }
    return counts.isEmpty ? "the rules contain no names" : counts.joined(separator: ", ") + " known to the server"
  }

  static func located(_ diagnostic: Diagnostic, in loaded: LoadedRules) -> String {
    let start = diagnostic.span.start
    return "\(loaded.source.file.printable):\(start.line):\(start.column): \(diagnostic.message)"
  }
}

extension StringProtocol {
  /// A clause as a sentence: with a capital letter and a full stop.
  package var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}

extension String? {
  /// The clause as one sentence, or none.
  var sentences: [String] { map { [$0.sentence] } ?? [] }
}
