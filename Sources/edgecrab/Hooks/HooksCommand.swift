import ArgumentParser
import ConfigLoader
import Hooks

struct HooksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks", abstract: "Look at the hooks before they run.", subcommands: [HooksCheckCommand.self])
}

struct HooksCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is wrong with hooks.",
    discussion: """
      It reads HOOK.yaml in each folder of edgecrab's hooks, and lists what would run
      when. It runs none.

      Exit codes: 0 where all are good, 1 where one is not, 64 where the arguments
      are none.
      """)

  @Argument(help: "The folder of the hooks; without it, hooks in edgecrab's folder.", completion: .directory)
  var folder: String?

  func run() throws {
    let environment = Environment.current()
    let path = folder ?? environment.home + "/" + HookFolder.name
    let contents = HookFolder.read(path, environment: environment.variables)
    for problem in contents.problems { Output.notice(problem) }
    for hook in contents.hooks {
      let manifest = hook.manifest
      let state = manifest.isEnabled ? "" : ", disabled"
      Output.result(
        "\(manifest.name): \(manifest.events.joined(separator: " ")) (priority \(manifest.priority), "
          + "\(manifest.timeoutSeconds) s\(state))")
    }
    if contents.hooks.isEmpty, contents.problems.isEmpty { Output.result("\(path): no hooks") }
    if !contents.problems.isEmpty { throw ExitCode(1) }
  }
}
