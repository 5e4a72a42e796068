import ConfigLoader
import Core
import FoundationEssentials
import MattermostIO
import RuleEngine
import Transport

/// What the doctor says: all of it but what other rooms say of their own failures.
enum DoctorTexts {
  // MARK: What could not be looked at

  static let noAddress = "not looked at: MATTERMOST_URL is not set, or is none"
  static let noToken = "not looked at: the settings are not good"
  static let noServer = "not looked at: there is no Mattermost to ask"
  static let noAccount = "not looked at: the token is not accepted"
  static let notReached = "not looked at, because of what is wrong above"
  static let noRules = "not looked at: the rules cannot be used"

  /// The other rooms' sentences say what is wrong before the first semicolon and what to do behind it.
  static func parted(_ sentence: String) -> (what: String, cure: [String]) {
    guard let end = sentence.firstRange(of: "; ") else { return (sentence, []) }
    return (String(sentence[..<end.lowerBound]), [Self.sentence(sentence[end.upperBound...])])
  }

  /// A clause of another room's as a sentence of its own.
  static func sentence(_ clause: some StringProtocol) -> String {
    clause.prefix(1).uppercased() + clause.dropFirst() + "."
  }

  // MARK: Agents

  static func nothingToLookAt(_ agents: Int) -> String { "\(agents.counted("agent")); no external program needed" }

  static func folder(_ problem: String, of agent: String) -> String { "\(agent): \(problem)" }

  static let makeFolder = "Make the folder, give this user the right to it, or correct the agent's `folder`."

  // MARK: Settings

  static func settings(from origins: [String]) -> String {
    Set(origins).count == 1
      ? "MATTERMOST_URL and MATTERMOST_TOKEN are from \(origins[0])"
      : "MATTERMOST_URL is from \(origins[0]), MATTERMOST_TOKEN from \(origins[1])"
  }

  // MARK: The connection

  static func proxy(_ variable: String?) -> String {
    variable.map { "by way of the one that the variable \($0) names" } ?? "none: the connection is direct"
  }

  static func resolved(_ address: WebAddress, _ trace: ConnectionTrace) -> String {
    if trace.proxyVariable != nil { return "left to the proxy, whose own name has an address" }
    return trace.address.isEmpty ? "the name has an address" : "the server is at \(trace.address)"
  }

  static func connected(_ trace: ConnectionTrace) -> String {
    trace.proxyVariable == nil ? "the connection is taken" : "the connection is taken by the proxy"
  }

  static func secured(_ trace: ConnectionTrace, showing certificate: ClientCertificate?) -> String {
    let end = trace.certificateEnd.map { " until \(RulesTexts.moment(Date(timeIntervalSince1970: Double($0))))" } ?? ""
    let trust = trace.certificateVariables.isEmpty ? "" : ", by \(trace.certificateVariables.joined(separator: ", "))"
    let own = certificate.map { "; ours is \($0.certificateFile)" } ?? ""
    return "the certificate is good\(end)\(trust)\(own)"
  }

  static func trusting(_ variables: [String]) -> String {
    "Whom to trust is now what \(variables.joined(separator: " and ")) says; CURL_CA_BUNDLE, where it is set, wins."
  }

  static let unsecured = "none: the address begins with http://, so whoever is on the way can read the token"

  static func endsSoon(_ seconds: Int) -> String {
    let hours = seconds / 3_600
    return "the server's certificate ends in \(hours) \(hours == 1 ? "hour" : "hours")"
  }

  static let renew = "Renew it on the server or on the proxy before it; what renews it by itself has failed."

  static func mattermost(_ version: String) -> String {
    "Mattermost " + (version.isEmpty ? "of unknown version" : version)
  }

  static let noDate = "the server does not tell its time"

  static func clock(_ skew: Int) -> String {
    skew == 0
      ? "the same as the server's"
      : "\(ClockTexts.difference(skew)) the server's, of at most \(Limits.clockSkewMax) s"
  }

  // MARK: The account

  static func account(_ account: UserRecord) -> String { "it is @\(account.username)'s, id \(account.id)" }
  static let bot = "a bot account"

  static func person(_ name: String) -> String {
    "@\(name) is a person's account: what that person writes is taken for the bot's own and never answered"
  }

  static let makeBot =
    "Create a bot account under Integrations > Bot Accounts and use its token. A server before 5.12 does not say what "
    + "is a bot; there this does not matter."

  // MARK: The event socket

  static let opened = "the event socket opens (101)"
  static let greeted = "the server greets the bot on it"

  static func refusedSocket(_ error: MattermostError) -> String {
    switch (error.code, error.status) {
    case (.upgradeEaten, _):
      "\(error.address) did not open the event socket (400): the headers Upgrade and Connection never reached Mattermost."
    case (.notMattermost, 101): "\(error.address) answered 101, but \(error.serverMessage)."
    case (.notMattermost, _):
      "\(error.address) answered the event socket with a page (\(error.status ?? 0)): a proxy or a login before Mattermost took "
        + "the request for itself, without its headers Upgrade and Connection."
    default: error.summary
    }
  }

  /// Where something answered, a proxy is most likely to blame.
  static func socketCure(_ error: MattermostError) -> [String] {
    error.status == nil ? [error.remedy] : [socketCure(of: error.code)] + proxyLines
  }

  private static func socketCure(of code: MattermostError.Code) -> String {
    switch code {
    case .forbidden:
      "Let the proxy or firewall before Mattermost pass /api/v4/websocket without a login of its own, and as a WebSocket:"
    default: "Have the proxy before Mattermost pass /api/v4/websocket on as a WebSocket:"
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
  static let joinTeam = "Have a member of a team invite it there (Invite People, in the team's menu)."
  static let noChannel = "the bot is in no channel"
  static let joinChannel = "Add it to a channel, with `/invite @` and its name there."

  static func mayPost(_ channels: [ChannelRecord], of count: Int) -> String {
    channels.count == count ? "allowed in all of them" : "allowed in \(StartReport.channels(channels))"
  }

  static func mayNotPost(_ channel: ChannelRecord) -> String {
    "not allowed in \(StartReport.channels([channel])): the bot's roles there lack create_post"
  }

  static let allowPosting =
    "Have a system admin let members post there (System Console > User Management > Channels, at the channel), or give "
    + "the bot's role create_post."

  static func rightsNotTold(_ error: MattermostError) -> String {
    "the server does not say where the bot may post (\(error.status.map(String.init) ?? error.code.rawValue))"
  }

  static func rightsNotTold(_ channels: Int) -> String {
    "of \(channels.counted("channel")) the server does not say whether the bot may post there"
  }

  // MARK: Files

  static func willBeMade(_ path: String) -> String { "\(path) is made at the first start" }
  static let store = "edgecrab.sqlite there can be read and written"
  static let newStore = "edgecrab.sqlite there is made at the first start"
  static func cannotBeMade(_ path: String, in parent: String) -> String {
    "\(path) is not there and cannot be made, since \(parent) may not be written"
  }
  static func notWritable(_ path: String) -> String { "\(path) may not be written" }
  static let ownFolder = "Give edgecrab's user a folder of its own, or name one with EDGECRAB_HOME."
  static func ownFile(_ path: String) -> String { "Give it to edgecrab's user, with `chown`." }

  // MARK: Rules

  static func badRules(_ loaded: LoadedRules) -> String {
    let errors = loaded.diagnostics.count { $0.severity == .error } + loaded.leftOut
    return "\(loaded.source.file) has \(errors.counted("error"))"
  }

  static func checkRules(_ loaded: LoadedRules) -> String {
    "`edgecrab rules check \(loaded.source.file)` says where, and what to do."
  }

  static func known(_ names: ReferencedNames, without unknown: [UnknownName]) -> String {
    let counts = names.asked.compactMap { role, all -> String? in
      let count = all.count - unknown.count { $0.role == role }
      return count == 0 ? nil : count.counted(role.rawValue)
    }
    return counts.isEmpty ? "the rules name nobody" : counts.joined(separator: ", ") + " known to the server"
  }

  static func place(of finding: Diagnostic, in loaded: LoadedRules) -> String {
    let start = finding.span.start
    return "\(loaded.source.file.printable):\(start.line):\(start.column): \(finding.message)"
  }
}

extension ReferencedNames {
  /// The names that a server is asked for: ids stand for themselves.
  var asked: [(role: NameRole, names: Set<String>)] {
    [(.user, users), (.channel, channels), (.team, teams)].map { ($0, $1.filter { !$0.isMattermostID }) }
  }
}
