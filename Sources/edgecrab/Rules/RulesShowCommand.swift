import ArgumentParser
import ConfigLoader
import RuleEngine

struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a rules file as it is meant, every default written out.",
    usage: "edgecrab rules show [<options>] [<file>]",
    discussion: """
      Groups and variables are put in; what holds without a key, and no value says, \
      stands in a comment. Secrets stay the variables that hold them. What is printed \
      is a rules file again, with the same meaning.

      --graph draws a picture instead: who, where and why, the rules in their order, \
      and what each does.

      Exit codes: 0, 1 where there is no such rule, 2 where the file cannot be read or \
      has errors.
      """)

  @Argument(
    help: "The rules file. Without it: rules.yaml in edgecrab's folder, else the built-in rules.",
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(help: ArgumentHelp("Show this rule only.", valueName: "name"))
  var rule: String?

  @Option(help: "How to print it.")
  var format = Format.yaml

  @Option(help: "Draw a picture.")
  var graph: RulesGraph.Format?

  enum Format: String, CaseIterable, ExpressibleByArgument { case yaml, json }

  func run() throws {
    let environment = Environment.current()
    let rules = try (file.map(RulesLocation.named) ?? .standard(environment)).loadOrExit(environment)
    var shown = rules
    if let name = rule {
      guard let rule = rules.rules.first(where: { $0.name == name }) else {
        Output.notice("edgecrab: \(RulesCommandTexts.noRule(name, among: rules))")
        throw ExitCode(1)
      }
      shown.rules = [rule]
      if graph == nil { return Output.result(format == .json ? rule.json : rule.yaml) }
    }
    if let graph { return Output.result(RulesGraph(shown).text(as: graph)) }
    var output = Output.Parts()
    switch format {
    case .json: shown.writeJSON { output.add($0) }
    case .yaml: shown.writeYAML { output.add($0) }
    }
    output.flush()
  }
}

extension RulesGraph.Format: ExpressibleByArgument {}
