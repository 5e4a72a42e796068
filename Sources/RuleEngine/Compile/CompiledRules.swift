internal import TextMatch

/// A rule set ready to decide events. It never changes; a new file makes a new one.
///
/// Each rule stands in the lists of the names that it asks for: of its channels, else of its users, its commands, the
/// words of its text, its teams; else in the list of rules that any event may match. An event meets only the lists that
/// its own names and words lead to, and of each no more than stands before the best rule so far.
package struct CompiledRules: Sendable {
  /// What it was compiled from.
  package let ruleSet: RuleSet

  let access: NumberSet
  let commandIndices: [String: Int]
  let commandUsers: [NumberSet]
  private let approvers: [String: NumberSet]
  /// Those of `approvers` whom the file names: `*` names nobody.
  private let listedApprovers: [String: NumberSet]
  let prefixes: PrefixBytes
  let names: NameTables
  let postings: RulePostings
  let conditions: [CompiledCondition]
  let rests: [Rest]
  let numbers: [UInt32]
  let matcher: TextMatcher

  /// Compiles a rule set, its names resolved by `directory`.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    commandIndices = ruleSet.commands.indices
    prefixes = PrefixBytes(ruleSet.commands.prefixes)
    var compiler = RuleCompiler(directory: directory, commandIndices: commandIndices)
    access = compiler.users(ruleSet.access.users)
    commandUsers = ruleSet.commands.bindings.map { compiler.users($0.users) }
    approvers = Dictionary(ruleSet.agents.map { ($0.name, compiler.users($0.approvers)) }) { first, _ in first }
    listedApprovers = Dictionary(ruleSet.agents.map { ($0.name, compiler.users(NameSet($0.approvers.names))) }) {
      first, _ in first
    }
    let compiled = ruleSet.rules.map { compiler.compile($0.when.withRuleDefaults()) }
    do throws(PatternError) {
      matcher = try TextMatcher(compiler.patterns)
    } catch {
      throw RuleSetError(expression: compiler.patterns[error.pattern].text, message: error.message)
    }
    let shadows = ruleSet.rules.map { $0.mode == .shadow }
    postings = RulePostings(compiled, isShadow: shadows, narrowing: matcher, &compiler)
    (conditions, rests, numbers) = (compiler.conditions, compiler.rests, compiler.numbers)
    names = NameTables(compiler, commands: commandIndices)
  }

  /// Whether the user with this id may talk to the bot at all.
  package func allows(user: String) -> Bool { access.contains(names.users.number(of: user), in: numbers) }

  /// Whether the user with this id may run the command with this index.
  package func mayRun(command: Int, user: String) -> Bool {
    commandUsers[command].contains(names.users.number(of: user), in: numbers)
  }
}

extension CompiledRules {
  /// Whether the user with this id is among those who may answer an agent's questions beside whoever asked it.
  package func mayApprove(agent: String, user: String) -> Bool {
    approvers[agent]?.contains(names.users.number(of: user), in: numbers) ?? false
  }

  /// Returns whether the file lists the user with this id, by name or in a group, among an agent's `approvers`: what lasts
  /// longer than one answer is for them alone.
  package func listsApprover(agent: String, user: String) -> Bool {
    listedApprovers[agent]?.contains(names.users.number(of: user), in: numbers) ?? false
  }
}

/// The names of a rule set as numbers.
struct NameTables: Sendable {
  let channels: NameTable
  let users: NameTable
  let teams: NameTable
  let commands: NameTable
  /// For each name in `commands`, the binding that it belongs to.
  let bindings: [Int]

  init(_ compiler: RuleCompiler, commands indices: [String: Int]) {
    channels = NameTable(compiler.channels.names)
    users = NameTable(compiler.users.names)
    teams = NameTable(compiler.teams.names)
    let commandNames = indices.keys.sorted()
    commands = NameTable(commandNames)
    bindings = commandNames.map { indices[$0] ?? 0 }
  }

  /// The binding of a command's name as it was typed, or nil where nobody bound it.
  func binding(_ name: Substring) -> Int? {
    let number = commands.number(ofLowercasing: name)
    return number == NameTable.unknown ? nil : bindings[Int(number)]
  }
}
