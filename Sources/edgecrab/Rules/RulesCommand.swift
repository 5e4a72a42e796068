import ArgumentParser
import ConfigLoader
import Journal
import RuleEngine

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Check, explain, test and format rules files.",
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

extension ParsableCommand {
  /// Runs `work`; if events, the journal or expressions cannot be read, prints the reason and exits with 2.
  func exitingOnReadError<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error
      where error is EventFileError || error is EventLineError || error is JournalError || error is RuleSetError
    {
      throw cannotRun("\(error)")
    }
  }

  /// Prints why the command cannot run, and returns the exit code 2 to throw.
  func cannotRun(_ reason: String) -> ExitCode {
    Output.message(reason)
    return ExitCode(2)
  }
}
