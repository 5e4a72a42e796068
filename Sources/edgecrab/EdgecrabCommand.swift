import ArgumentParser
import ConfigLoader
import Core

@main
struct EdgecrabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edgecrab",
    abstract: "Connect Mattermost to AI agents, by rules in one YAML file.",
    version: BuildInfo.text,
    subcommands: [
      SetupCommand.self, GatewayCommand.self, DoctorCommand.self, RulesCommand.self, HooksCommand.self,
      DataCommand.self, ClusterCommand.self, SandboxCommand.self,
    ])

  static func main() async {
    if let message = CommandSuggestion.message(for: Array(CommandLine.arguments.dropFirst())) {
      Output.notice(message)
      exit(withError: ExitCode.validationFailure)
    }
    await main(nil)
  }
}

/// Suggests a command for a mistyped one, which the argument parser would report as an unexpected argument.
enum CommandSuggestion {
  /// Returns the message to print, or `nil` if the command exists or no command has a similar name.
  static func message(for arguments: [String]) -> String? {
    var known = EdgecrabCommand.configuration.subcommands
    var path = "edgecrab"
    for word in arguments {
      if known.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      let names = known.map { $0.configuration.commandName ?? "" }
      guard let index = names.firstIndex(of: word) else {
        return Spelling.nearest(to: word, among: names).map { nearest in
          "Error: there is no command \(quoted(path + " " + word)); did you mean `\(path) \(nearest)`?\n"
            + "  See '\(path) --help' for more information.\n"
        }
      }
      known = known[index].configuration.subcommands
      path += " " + word
    }
    return nil
  }
}
