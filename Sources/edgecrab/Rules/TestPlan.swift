import ConfigLoader
import FoundationEssentials
import RuleEngine

/// Which rules are asked which tests.
struct TestPlan {
  /// Rules, and the files of tests for them beside their own.
  struct Subject {
    var rules: SourceText
    var tests: [SourceText] = []
  }

  /// Why tests cannot be asked, as it is printed.
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var subjects: [Subject]

  /// Sorts the files: each file of rules stands for itself, files of tests are for `rules`.
  init(_ files: [String], rules: RulesLocation?, _ environment: Environment) throws(Problem) {
    var tests: [SourceText] = []
    var ownRules: [SourceText] = []
    for file in files {
      let source = try Self.read(.file(file))
      if TestFile.isOne(source) { tests.append(source) } else { ownRules.append(source) }
    }
    if let first = ownRules.first, rules != nil {
      throw Problem(description: "`\(first.file)` holds rules of its own; leave out --rules, or name files of tests")
    }
    if let first = ownRules.first, let test = tests.first {
      throw Problem(description: "`\(test.file)` holds tests only; say of which rules: `--rules \(first.file)`")
    }
    subjects = ownRules.map { Subject(rules: $0) }
    if subjects.isEmpty {
      subjects = [Subject(rules: try Self.read(rules ?? .standard(environment)), tests: tests)]
    }
  }

  private static func read(_ source: RulesLocation) throws(Problem) -> SourceText {
    do throws(RulesFileError) {
      return try source.read()
    } catch {
      throw Problem(description: "\(error)")
    }
  }
}

extension TestPlan.Subject {
  /// Loads the rules and the tests, and asks them.
  /// - Throws: the findings, where there is an error among them.
  func run(_ environment: Environment, filter: String?, bot: String?, covering: Bool) throws(TestPlan.Problem)
    -> TestRun
  {
    let now = RulesLocation.now
    let loaded = RulesFile.load(rules, environment: environment.variables, now: now, bot: bot)
    guard let set = loaded.rules else { throw TestPlan.Problem(description: loaded.report) }
    var more: [RuleTest] = []
    for source in tests {
      let file = TestFile.load(source, of: set, environment: environment.variables, now: now)
      guard let tests = file.tests else {
        throw TestPlan.Problem(description: file.report + RulesCommandTexts.testedAgainst(rules.file))
      }
      more += tests
    }
    do throws(RuleSetError) {
      return try TestRun(set, of: rules, and: more, filter: filter, covering: covering)
    } catch {
      throw TestPlan.Problem(description: "edgecrab: \(error)")
    }
  }
}
