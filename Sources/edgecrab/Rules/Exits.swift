import ArgumentParser
import ConfigLoader
import Journal
import RuleEngine

extension ParsableCommand {
  /// Runs `work`; what keeps it from running is said, and exits with 2.
  func exitingWith2<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error where error is EventFileError || error is JournalError || error is RuleSetError {
      Output.notice("edgecrab: \(error)")
      throw ExitCode(2)
    }
  }
}

extension RulesLocation {
  /// The rules, or what is wrong with them on standard error and an exit with 2.
  func loadOrExit(_ environment: Environment) throws -> RuleSet {
    do throws(RulesFileError) {
      let loaded = try load(environment)
      if let rules = loaded.rules { return rules }
      Output.notice(loaded.report)
    } catch {
      Output.notice("edgecrab: \(error)")
    }
    throw ExitCode(2)
  }
}
