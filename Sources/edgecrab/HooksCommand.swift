import ArgumentParser
import ConfigLoader
import Hooks

struct HooksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks", abstract: "Check hooks before they run.", subcommands: [HooksCheckCommand.self])
}

struct HooksCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find errors in hooks.",
    discussion: """
      Reads HOOK.yaml in each folder in edgecrab's hooks folder, and lists the hooks \
      with their events. No hook is run.

      Exit codes: 0 if all hooks are valid, 1 if one is not, 64 if the arguments are \
      invalid.
      """)

  @Argument(help: "The folder of the hooks. Default: hooks in edgecrab's folder.", completion: .directory)
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
