import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Look at rules files before they run.",
    subcommands: [
      RulesCheckCommand.self,
      RulesExplainCommand.self,
      RulesShowCommand.self,
      RulesTestCommand.self,
      RulesFormatCommand.self,
      RulesReplayCommand.self,
      RulesDiffCommand.self,
      RulesJournalCommand.self,
      RulesWhoCommand.self,
      RulesExplainCodeCommand.self,
      RulesNewCommand.self,
      RulesSchemaCommand.self,
    ])
}
