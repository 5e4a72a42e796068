import ArgumentParser
import ConfigLoader
import RuleEngine

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Ask rules files what they expect of themselves.",
    usage: "edgecrab rules test [<options>] [<files> ...]",
    discussion: """
      A rules file is asked its own `tests`. A file that holds `version` and `tests` only holds more tests for the rules \
      of --rules, or without it for those that `gateway start` would use: ~/.edgecrab/rules.yaml if there, else the \
      built-in rules. Without a file these are asked their own.

        edgecrab rules test my.yaml
        edgecrab rules test --rules my.yaml more-tests.yaml

      It exits with 0 if all tests hold, with 1 if one fails or the coverage is too low, and with 2 if tests could not be \
      asked.
      """)

  @Argument(
    help: "Rules files, which are asked their own tests, or files of tests.",
    completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(help: "The rules that files of tests are for.", completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "The bot's name in the tests. Without it: `bot` of the rules file, else edgecrab.", valueName: "name"))
  var bot: BotNameArgument?

  @Option(help: "Ask only the tests whose name holds this text.")
  var filter: String?

  @Flag(help: "Show what the tests leave untried.")
  var coverage = false

  @Option(help: ArgumentHelp("Exit with 1 where the coverage is less; implies --coverage.", valueName: "percent"))
  var failUnder: Int?

  @Option(help: "How to print it.")
  var format = Format.human

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json, junit }

  func validate() throws {
    if let failUnder, !(0...100).contains(failUnder) {
      throw ValidationError("--fail-under is a percentage, 0 to 100.")
    }
  }

  func run() throws {
    let environment = Environment.current()
    let plan: TestPlan
    do throws(TestPlan.Problem) {
      plan = try TestPlan(files, rules: rules.map(RulesLocation.named), environment)
    } catch {
      Output.notice("edgecrab: \(error)")
      throw ExitCode(2)
    }
    var problems: [String] = []
    let runs = plan.subjects.compactMap { subject -> TestRun? in
      do throws(TestPlan.Problem) {
        return try subject.run(environment, filter: filter, bot: bot?.name, covering: coverage || failUnder != nil)
      } catch {
        problems.append("\(error)")
        return nil
      }
    }
    if let filter, problems.isEmpty, runs.allSatisfy(\.results.isEmpty) {
      problems.append("edgecrab: no test's name holds `\(filter)`")
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
      Output.notice("edgecrab: the coverage of \(run.file) is \(percent) %, less than \(failUnder ?? 0) %")
    }
  }

  private func isTooLow(_ coverage: Coverage?) -> Bool {
    guard let coverage, let failUnder else { return false }
    return coverage.percent < failUnder
  }
}
