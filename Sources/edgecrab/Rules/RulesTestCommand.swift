import ArgumentParser
import ConfigLoader
import Core
import RuleEngine
import RulesTools

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests in rules files.",
    usage: "edgecrab rules test [<options>] [<files> ...]",
    discussion: """
      Runs the `tests` of each rules file. A file with only `version` and `tests` has tests for the rules of --rules, or \
      else for those that `gateway start` would use: ~/.edgecrab/rules.yaml if it exists, else the built-in rules. \
      Without a file, runs the tests of these rules.

        edgecrab rules test my.yaml
        edgecrab rules test --rules my.yaml more-tests.yaml

      Exit codes: 0 if all tests pass, 1 if one fails or the coverage is too low, 2 if tests could not be run, 64 if the \
      arguments are invalid.
      """)

  @Argument(
    help: "Rules files, or test files for the rules of --rules.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(help: "The rules for test files.", completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "The bot's name in the tests. Default: `bot` in the rules file, else edgecrab.", valueName: "name"))
  var bot: BotNameArgument?

  @Option(help: "Run only the tests whose name contains this text.")
  var filter: String?

  @Flag(help: "Show what the tests do not cover.")
  var coverage = false

  @Option(help: ArgumentHelp("Exit with 1 if the coverage is lower; implies --coverage.", valueName: "percent"))
  var failUnder: Int?

  @Option(help: "The output format.")
  var format = Format.human

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json, junit }

  func validate() throws {
    if let failUnder, !(0...100).contains(failUnder) {
      throw ValidationError("--fail-under is a percentage, 0 to 100")
    }
  }

  func run() throws {
    let environment = Environment.current()
    let plan: TestPlan
    do throws(TestPlanError) {
      plan = try TestPlan(files, rules: rules.map(RulesLocation.named), environment)
    } catch {
      throw cannotRun(error.description)
    }
    var problems: [String] = []
    let runs = plan.subjects.compactMap { subject -> TestRun? in
      do throws(TestPlanError) {
        return try subject.run(environment, filter: filter, bot: bot?.name, covering: coverage || failUnder != nil)
      } catch {
        problems.append(error.description)
        return nil
      }
    }
    if let filter, problems.isEmpty, runs.allSatisfy(\.results.isEmpty) {
      problems.append("edgecrab: no test has a name that contains `\(filter)`")
    }
    for problem in problems { Output.notice(problem) }
    show(runs, problems)
    if !problems.isEmpty { throw ExitCode(2) }
    if runs.contains(where: { !$0.failures.isEmpty || isTooLow($0.coverage) }) { throw ExitCode(1) }
  }

  private func show(_ runs: [TestRun], _ problems: [String]) {
    switch format {
    case .json: Output.result(TestRun.json(runs, problems: problems))
    case .junit: Output.result(TestRun.junit(runs, problems: problems))
    case .human: for run in runs { Output.result(run.text(Terminal.style) + (run.coverage?.text ?? "")) }
    }
    for run in runs where isTooLow(run.coverage) {
      let percent = run.coverage?.percent ?? 0
      Output.message("the coverage of \(run.file) is \(percent) %, less than \(failUnder ?? 0) %")
    }
  }

  private func isTooLow(_ coverage: Coverage?) -> Bool {
    guard let coverage, let failUnder else { return false }
    return coverage.percent < failUnder
  }
}

/// The rules to test, with their tests.
private struct TestPlan {
  /// A rules file, and the test files for it in addition to its own tests.
  struct Subject {
    var rules: SourceText
    var tests: [SourceText] = []
  }

  private(set) var subjects: [Subject]

  /// Assigns test files to `rules`; each rules file is tested by itself.
  init(_ files: [String], rules: RulesLocation?, _ environment: Environment) throws(TestPlanError) {
    var tests: [SourceText] = []
    var ownRules: [SourceText] = []
    for file in files {
      let source = try Self.read(.file(file))
      if TestFile.isOne(source) { tests.append(source) } else { ownRules.append(source) }
    }
    if let first = ownRules.first, rules != nil {
      throw TestPlanError("`\(first.file)` has rules of its own; omit --rules, or name test files only")
    }
    if let first = ownRules.first, let test = tests.first {
      throw TestPlanError("`\(test.file)` has only tests; name the rules for them: `--rules \(first.file)`")
    }
    subjects = ownRules.map { Subject(rules: $0) }
    if subjects.isEmpty {
      subjects = [Subject(rules: try Self.read(rules ?? .standard(environment)), tests: tests)]
    }
  }

  private static func read(_ location: RulesLocation) throws(TestPlanError) -> SourceText {
    do throws(RulesFileError) {
      return try location.read()
    } catch {
      throw TestPlanError("\(error)")
    }
  }
}

extension TestPlan.Subject {
  /// Loads the rules and the test files, and runs the tests.
  fileprivate func run(_ environment: Environment, filter: String?, bot: String?, covering: Bool) throws(TestPlanError)
    -> TestRun
  {
    let now = Timestamp.now.milliseconds
    let loaded = RulesFile.load(rules, environment: environment.variables, now: now, bot: bot)
    guard let set = loaded.rules else { throw TestPlanError(loaded.report) }
    var additional: [RuleTest] = []
    for source in tests {
      let file = TestFile.load(source, of: set, environment: environment.variables, now: now)
      guard let tests = file.tests else {
        throw TestPlanError(
          file.report + "edgecrab: these tests were run against \(rules.file); --rules FILE selects other rules")
      }
      additional += tests
    }
    do throws(RuleSetError) {
      return try TestRun(set, of: rules, and: additional, filter: filter, covering: covering)
    } catch {
      throw TestPlanError("edgecrab: \(error)")
    }
  }
}

/// The reason why tests cannot be run, ready to print.
private struct TestPlanError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
