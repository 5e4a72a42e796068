import ConfigLoader
import Core
import MattermostIO
import RuleEngine
import ServerLookup
import Sessions

/// The start-up summary to print: where the bot is, who it is, and who may talk to it.
package struct StartReport: Sendable, CustomStringConvertible {
  private let rows: [(String, String)]
  /// Sentences about likely mistakes.
  package let warnings: [String]

  init(
    _ resolved: ResolvedRules, _ loaded: ValidatedRules, settings: GatewaySettings, listening: ListenAddress?,
    clockSkew: ClockSkew?
  ) {
    let context = resolved.context
    let rules = loaded.ruleSet
    let account = "@\(context.account.username)" + (context.account.isBot ? " (bot)" : " (a person's account)")
    let version = context.serverVersion.isEmpty ? "of unknown version" : context.serverVersion
    let counts = [
      rules.rules.count.counted("rule"), rules.agents.count.counted("agent"),
      rules.commands.bindings.count.counted("command"),
    ]
    rows =
      [
        ("server", "\(settings.address) (Mattermost \(version))"),
        ("account", "\(account), id \(context.account.id)"),
        ("rules", "\(RulesTexts.title(loaded)): \(counts.joined(separator: ", "))"),
        ("may talk", rules.access.summary(loaded.loaded.openAccess)),
        ("channels", context.channels.summary), ("recorded", Self.recorded(rules.journal, settings.journalPath)),
      ] + Self.database(settings.store)
      + (listening.map { [("health", "http://\($0)/health"), ("metrics", "http://\($0)/metrics")] } ?? [])
    let skew = clockSkew.flatMap { $0.isTolerable ? nil : "\($0.summary). \(ClockSkew.remedy)" }
    warnings = resolved.names.warnings + [skew].compactMap(\.self)
  }

  /// A line for each row.
  package var description: String {
    rows.map { name, value in
      "  " + name + String(repeating: " ", count: max(1, 10 - name.count)) + value
    }.joined(separator: "\n")
  }

  /// A store in a file needs no row: it is where it always is.
  private static func database(_ store: StoreLocation) -> [(String, String)] {
    if case .database = store { [("store", "\(store)")] } else { [] }
  }

  private static func recorded(_ policy: JournalPolicy, _ path: String?) -> String {
    guard let path, policy.facts else { return "nothing" }
    let days = max(1, policy.keepSeconds / 86_400)
    return "decisions\(policy.text ? " and messages" : ", without messages"), for \(days.counted("day")), in \(path)"
  }
}
