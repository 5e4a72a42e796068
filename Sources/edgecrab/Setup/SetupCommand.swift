import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Logging
import Setup

struct SetupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Set up the server, a model and who may talk to the bot.",
    usage: "edgecrab setup [<options>]",
    discussion: """
      Asks for the address of Mattermost, the bot's token, the agent that answers and the users who may talk to it, and \
      checks each answer at once. Then it writes .env and rules.yaml in edgecrab's folder, which is ~/.edgecrab unless \
      EDGECRAB_HOME names another. On a later run, it changes only what is answered otherwise; your own lines and \
      comments stay. Nothing is written before all answers are good.

      Each question has an option. An option's answer is not asked for, and without a terminal there has to be one for \
      each answer that is not configured yet:

        edgecrab setup --url https://chat.example.com --token-file token \\
          --agent openai --endpoint http://localhost:11434/v1 \\
          --model qwen3-coder --allow alice,bob

      A token or a key is never an argument, because other users can see those in the list of processes: name a file, \
      or - for standard input.

      Exit codes: 0 if everything is set up, 1 if an answer is wrong or a file cannot be written, 64 if an answer is \
      missing or the arguments are invalid.
      """)

  @Option(help: ArgumentHelp("The address of Mattermost.", valueName: "url"))
  var url: String?

  @Option(
    help: ArgumentHelp("A file with the bot's token; - is standard input.", valueName: "file"), completion: .file())
  var tokenFile: String?

  @Option(help: ArgumentHelp("The type of the agent that answers.", valueName: "type"))
  var agent: SetupFlags.AgentType?

  @Option(help: ArgumentHelp("The address of an OpenAI-compatible endpoint, up to /v1.", valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The model's name at the endpoint or at Anthropic.", valueName: "name"))
  var model: String?

  @Option(
    help: ArgumentHelp("A file with the API key; - is standard input.", valueName: "file"), completion: .file())
  var apiKeyFile: String?

  @Option(
    help: ArgumentHelp("The command of an ACP agent, such as 'gemini --experimental-acp'.", valueName: "words"))
  var command: String?

  @Option(help: ArgumentHelp("The users who may talk to the bot, such as alice,bob.", valueName: "users"))
  var allow: String?

  @Flag(help: "Everyone on the server may talk to the bot.")
  var allowEveryone = false

  @Option(
    help: ArgumentHelp("The rules file. Default: rules.yaml in edgecrab's folder.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Flag(name: .shortAndLong, help: "Ask nothing: use the options and what is configured already.")
  var yes = false

  private var flags: SetupFlags {
    var flags = SetupFlags()
    (flags.url, flags.tokenFile, flags.rules) = (url, tokenFile, rules)
    (flags.agent, flags.endpoint, flags.model) = (agent, endpoint, model)
    (flags.apiKeyFile, flags.command) = (apiKeyFile, command)
    flags.access = allowEveryone ? .everyone : allow.map { .users($0) }
    return flags
  }

  func validate() throws {
    if allow != nil, allowEveryone { throw ValidationError("--allow cannot be used with --allow-everyone") }
    if let contradiction = flags.contradiction { throw ValidationError(contradiction) }
    guard TerminalInput.isOnStandardInput else { return }
    if tokenFile == "-" {
      throw ValidationError("--token-file - would show what is typed; leave --token-file out to type it unseen")
    }
    if apiKeyFile == "-" {
      throw ValidationError(
        "--api-key-file - would show what is typed; leave --api-key-file and --agent out to type it unseen")
    }
  }

  func run() async throws {
    try OpenFilesLimit.raise()
    // An exported variable, such as the address of a sandbox, must not replace that of `.env` unasked.
    let process = ProcessInfo.processInfo.environment
    let environment = Environment(process: process, prefersFile: true)
    let terminal = await TerminalInput.open(isWanted: !yes)
    var read: (@Sendable (String, Bool) async -> Dialog.Line)?
    if let terminal { read = { prompt, isHidden in await terminal.line(prompt, isHidden: isHidden) } }
    let dialog = Dialog(style: Terminal.style, say: { Output.result($0.isEmpty ? "\n" : $0) }, read: read)
    do throws(SetupProblem) {
      try await SetupSession(environment, flags, dialog, logger: .quiet).run(
        rulesPath: RulesLocation.standardPath(environment), process: process
      ) { terminal?.ignoreSignals() }
    } catch {
      for line in TextWrapping.wrapped("edgecrab: \(error.text)", columns: 80) { Output.notice(line) }
      throw ExitCode(error.exitCode)
    }
  }
}

extension SetupFlags.AgentType: ExpressibleByArgument {}
