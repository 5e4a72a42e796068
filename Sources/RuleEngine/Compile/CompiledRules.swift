package import Core
internal import TextMatch

/// A rule set ready to decide events. It never changes; a changed file is compiled to another one. A class, not a struct:
/// it is passed on with every event.
///
/// Each rule is in the lists of the names that it asks for: of its channels, else of its users, its commands, the words
/// of its text, its teams; else in the list of rules that any event may match. For an event, only the lists of its own
/// names and words are read, and each only up to the best rule found so far.
package final class CompiledRules: Sendable {
  /// The rule set that was compiled.
  package let ruleSet: RuleSet

  let access: NumberSet
  let commandIndices: [String: Int]
  let commandUsers: [NumberSet]
  private let approvers: [String: NumberSet]
  /// Those of `approvers` whom the file names: `*` names no user.
  private let listedApprovers: [String: NumberSet]
  let prefixes: CommandPrefixes
  let names: NameTables
  let facts: FactReader
  let postings: RulePostings
  let conditions: [CompiledCondition]
  let rests: [Rest]
  let numbers: [UInt32]
  let matcher: TextMatcher

  /// Compiles a rule set, its names resolved by `directory`.
  /// - Throws: the first regular expression that is invalid. A rule set that was loaded without errors has none.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    commandIndices = ruleSet.commands.indices
    prefixes = CommandPrefixes(ruleSet.commands.prefixes)
    var compiler = RuleCompiler(directory: directory, commandIndices: commandIndices)
    access = compiler.set(ruleSet.access.users, .user)
    commandUsers = ruleSet.commands.bindings.map { compiler.set($0.users, .user) }
    approvers = Dictionary(ruleSet.agents.map { ($0.name, compiler.set($0.approvers, .user)) }) { first, _ in first }
    listedApprovers = Dictionary(
      ruleSet.agents.map { ($0.name, compiler.set(NameSet($0.approvers.names), .user)) }
    ) { first, _ in first }
    // By index, so that only the conditions are copied.
    let compiled = ruleSet.rules.indices.map { compiler.compile(ruleSet.rules[$0].when.withRuleDefaults()) }
    do throws(PatternError) {
      matcher = try TextMatcher(compiler.patterns)
    } catch {
      throw RuleSetError(expression: compiler.patterns[error.pattern].text, message: error.message)
    }
    let shadows = ruleSet.rules.indices.map { ruleSet.rules[$0].mode == .shadow }
    postings = RulePostings(compiled, isShadow: shadows, narrowing: matcher, &compiler)
    (conditions, rests, numbers) = (compiler.conditions, compiler.rests, compiler.numbers)
    facts = FactReader(testing: compiler.tested)
    names = NameTables(compiler, commands: commandIndices)
  }
}

extension CompiledRules {
  /// Returns whether a user may talk to the bot.
  package func allows(user: UserID) -> Bool { access.contains(number(of: user), in: numbers) }

  /// Returns whether a user may run the command with an index.
  package func mayRun(command: Int, user: UserID) -> Bool {
    commandUsers[command].contains(number(of: user), in: numbers)
  }

  /// Returns whether a user may answer an agent's questions, in addition to the user who asked the agent.
  package func mayApprove(agent: String, user: UserID) -> Bool {
    approvers[agent]?.contains(number(of: user), in: numbers) ?? false
  }

  /// Returns whether the file lists a user, by name or in a group, among an agent's `approvers`: only they may give an
  /// answer that lasts longer than one question.
  package func listsApprover(agent: String, user: UserID) -> Bool {
    listedApprovers[agent]?.contains(number(of: user), in: numbers) ?? false
  }

  func number(of user: UserID) -> UInt32 { names.users.number(of: user.rawValue) }
}

/// An error that keeps a rule set from being compiled: a regular expression that is invalid.
package struct RuleSetError: Error, Sendable, Equatable, CustomStringConvertible {
  package var expression: String
  package var message: String

  package var description: String { "the regular expression `\(expression)` cannot be used: \(message)" }
}

/// The names of a rule set as numbers.
struct NameTables: Sendable {
  let channels: NameTable
  let users: NameTable
  let teams: NameTable
  private let commands: NameTable
  /// For each name in `commands`, the index of its binding.
  private let bindings: [Int]

  init(_ compiler: RuleCompiler, commands indices: [String: Int]) {
    channels = NameTable(compiler.names(.channel))
    users = NameTable(compiler.names(.user))
    teams = NameTable(compiler.names(.team))
    let commandNames = indices.keys.sorted()
    commands = NameTable(commandNames)
    bindings = commandNames.map { indices[$0] ?? 0 }
  }

  /// Returns the index of the binding of a command's name as it was typed; `nil` if no command has that name.
  func binding(_ name: Substring) -> Int? {
    let number = commands.number(ofLowercasing: name)
    return number == NameTable.unknown ? nil : bindings[Int(number)]
  }
}
