import ArgumentParser
import Transport

struct EdgecrabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edgecrab",
    abstract: "Talk to AI agents in Mattermost, by rules in one YAML file.",
    version: UserAgent.version,
    subcommands: [GatewayCommand.self, DoctorCommand.self, RulesCommand.self, HooksCommand.self, SandboxCommand.self])
}

@main enum Program {
  static func main() async {
    if let message = CommandSuggestion.message(for: Array(CommandLine.arguments.dropFirst())) {
      Output.notice(message)
      EdgecrabCommand.exit(withError: ExitCode.validationFailure)
    }
    await EdgecrabCommand.main()
  }
}
