import ConfigLoader
import Core
import MattermostIO
import RuleEngine

/// What whoever starts the gateway must see: where it is, who it is, and who may talk to it.
package struct StartReport: Sendable, CustomStringConvertible {
  private let rows: [(String, String)]
  /// What is likely not meant as it stands.
  package let warnings: [String]

  init(_ ready: ResolvedRules, settings: GatewaySettings, health: HealthAddress?, clockAhead: Int?) {
    let around = ready.around
    let rules = settings.rules.ruleSet
    let account = "@\(around.account.username)" + (around.account.isBot ? " (bot)" : " (a person's account)")
    let version = around.serverVersion.isEmpty ? "of unknown version" : around.serverVersion
    let counts = [
      rules.rules.count.counted("rule"), rules.agents.count.counted("agent"),
      rules.commands.bindings.count.counted("command"),
    ]
    rows =
      [
        ("server", "\(settings.address) (Mattermost \(version))"),
        ("account", "\(account), id \(around.account.id)"),
        ("rules", "\(RulesTexts.title(settings.rules)): \(counts.joined(separator: ", "))"),
        ("may talk", AccessTexts.mayTalk(rules.access, settings.rules.loaded.openAccess)),
        ("channels", Self.channels(around.channels)), ("recorded", Self.recorded(settings)),
      ] + (health.map { [("health", "http://\($0)/health")] } ?? [])
    let clock = clockAhead.flatMap { abs($0) > Limits.clockSkewMax ? ClockTexts.warning(ahead: $0) : nil }
    warnings = ready.names.warnings + [clock].compactMap(\.self)
  }

  /// A line each.
  package var description: String {
    rows.map { name, value in
      "  " + name + String(repeating: " ", count: max(1, 10 - name.count)) + value
    }.joined(separator: "\n")
  }

  private static func recorded(_ settings: GatewaySettings) -> String {
    let policy = settings.rules.ruleSet.journal
    guard let path = settings.journalPath, policy.facts else { return "nothing" }
    let days = max(1, policy.keepSeconds / 86_400)
    return "decisions\(policy.text ? " and messages" : ", no messages"), for \(days.counted("day")), in \(path)"
  }

  static func channels(_ channels: [ChannelRecord]) -> String {
    let named = channels.filter { $0.type != "D" && $0.type != "G" }.map { "~" + $0.name }
    let parts = [
      named.isEmpty ? nil : listed(named),
      privately(channels, "D", "direct"),
      privately(channels, "G", "group"),
    ]
    let text = parts.compactMap(\.self).joined(separator: ", ")
    return text.isEmpty ? "none yet; add the bot to one" : text
  }

  private static func privately(_ channels: [ChannelRecord], _ type: String, _ word: String) -> String? {
    let number = channels.count { $0.type == type }
    return number == 0 ? nil : "\(number) \(word)"
  }

  static func listed(_ names: [String]) -> String {
    let shown = names.prefix(Limits.channelsShown).joined(separator: ", ")
    return names.count > Limits.channelsShown ? "\(shown) and \(names.count - Limits.channelsShown) more" : shown
  }

}
