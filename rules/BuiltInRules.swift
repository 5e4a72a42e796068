/// The rules that apply if there is no rules file.
package enum BuiltInRules {
  /// The bytes of `default.yaml` in this folder, as UTF-8.
  package static var yaml: [UInt8] { PackageResources.default_yaml }

  /// The bytes of `setup.yaml`, which `edgecrab setup` completes, as UTF-8.
  package static var setupYAML: [UInt8] { PackageResources.setup_yaml }
}

/// A commented rules file for a common case, which `rules new` prints.
package enum Starter: String, Sendable, CaseIterable {
  case mention, dm, team, commands, hours, alerts

  /// A short description of the case, for `--help`.
  package var purpose: String {
    switch self {
    case .mention: "the bot answers when it is mentioned"
    case .dm: "the bot answers direct messages only"
    case .team: "the bot belongs to one team, its members and channels"
    case .commands: "commands of your own"
    case .hours: "a help desk with opening hours"
    case .alerts: "an agent investigates alerts posted by a webhook"
    }
  }

  /// The bytes of the file in `starters`, as UTF-8.
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
