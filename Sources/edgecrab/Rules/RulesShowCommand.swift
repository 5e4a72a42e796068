import ArgumentParser
import ConfigLoader
import Core
import RuleEngine
import RulesTools

struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a rules file with every default written out.",
    usage: "edgecrab rules show [<options>] [<file>]",
    discussion: """
      Groups and variables are expanded; a default that has no value of its own is \
      printed as a comment. Secrets remain the variables that hold them. The output is \
      a rules file with the same meaning.

      --graph draws a picture instead: the rules in order, with who, where and why, \
      and the action.

      Exit codes: 0, 1 if there is no such rule, 2 if the file cannot be read or has \
      errors, 64 if the arguments are invalid.
      """)

  @Argument(
    help: "The rules file. Default: rules.yaml in edgecrab's folder, else the built-in rules.",
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(help: ArgumentHelp("Show only this rule.", valueName: "name"))
  var rule: String?

  @Option(help: "The output format.")
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
        let nearest = Spelling.nearest(to: name, among: rules.rules.map(\.name))
        Output.message("there is no rule `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? ""))
        throw ExitCode(1)
      }
      shown.rules = [rule]
      if graph == nil { return Output.result(format == .json ? rule.json : rule.yaml) }
    }
    if let graph { return Output.result(RulesGraph(shown).text(as: graph)) }
    var output = Output.Chunks()
    switch format {
    case .json: shown.writeJSON { output.append($0) }
    case .yaml: shown.writeYAML { output.append($0) }
    }
    output.flush()
  }
}

extension RulesGraph.Format: ExpressibleByArgument {}
