import ArgumentParser

struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Run the gateway between Mattermost and the agents.",
    subcommands: [GatewayStartCommand.self])
}
