/// A rules file to start from, for a case that many have.
package enum Starter: String, Sendable, CaseIterable {
  case mention, dm, team, commands, hours, alerts

  /// What it is for, in a few words.
  package var purpose: String {
    switch self {
    case .mention: "the bot answers where it is called"
    case .dm: "the bot answers in private only"
    case .team: "the bot belongs to one team, its people and channels"
    case .commands: "commands of your own beside edgecrab's"
    case .hours: "a help desk with opening hours"
    case .alerts: "alerts of a webhook are looked at"
    }
  }

  /// The bytes of the file, which stands in `starters`: UTF-8.
  package var yaml: [UInt8] {
    switch self {
    case .mention: PackageResources.mention_yaml
    case .dm: PackageResources.dm_yaml
    case .team: PackageResources.team_yaml
    case .commands: PackageResources.commands_yaml
    case .hours: PackageResources.hours_yaml
    case .alerts: PackageResources.alerts_yaml
    }
  }
}
