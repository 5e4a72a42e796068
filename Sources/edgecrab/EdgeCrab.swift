import ArgumentParser
import Transport

@main struct EdgeCrab: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edgecrab",
    abstract: "Talk to AI agents in Mattermost, by rules in one YAML file.",
    version: UserAgent.version,
    subcommands: [GatewayCommand.self, DoctorCommand.self, RulesCommand.self, HooksCommand.self, SandboxCommand.self])
}
