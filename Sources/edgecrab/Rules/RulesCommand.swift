import ArgumentParser

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Look at rules files before they run.",
    subcommands: [
      RulesCheckCommand.self, RulesTestCommand.self, RulesFormatCommand.self, RulesExplainCodeCommand.self,
      RulesNewCommand.self, RulesSchemaCommand.self,
    ])
}
