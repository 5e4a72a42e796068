import Core
import FoundationEssentials
import Logging
import Processes
import RuleEngine
import Tracing

/// A program that is run for each message: it reads the message from standard input and writes the response to standard
/// output. The files that it leaves in the folder `EDGECRAB_OUT` are attached.
struct ExecAgent: AgentBackend {
  /// A program may do anything beside answering.
  let isIdempotent = false
  private let name: String
  private let settings: ExecSettings
  /// The gateway's variables for programs, without the agent's own.
  private let baseEnvironment: [String: String]
  private let logger: Logger

  init(name: String, settings: ExecSettings, baseEnvironment: [String: String], logger: Logger) {
    self.name = name
    self.settings = settings
    self.baseEnvironment = baseEnvironment
    self.logger = logger
  }

  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    let workspace: ExecWorkspace
    do {
      workspace = try await ExecWorkspace(for: request, logger: logger)
    } catch {
      throw AgentFailure(.cannotStart, agent: name, detail: "\(error)")
    }
    let resolver = WorkFolderResolver(
      agent: name, project: settings.folder, environment: baseEnvironment, logger: logger)
    let folder = try await resolver.path(for: request)
    try await request.services.recordStart()
    let errors = StandardErrorLog(agent: name, hiding: settings.environment.secrets, logger: logger)
    let termination = try await run(command(workspace, in: folder), input: request.text, errors, response)
    let lines = await errors.lastLines()
    guard termination.status == .exited(0) else {
      throw AgentFailure(.programFailed, agent: name, detail: termination.detail(lines))
    }
    for file in workspace.outputFiles() { response.write(.file(file)) }
  }

  func probe() async -> AgentProbeResult? {
    switch settings.program {
    // The shell looks its programs up itself.
    case .shell: nil
    case .command(let words):
      ProgramProbe(agent: name, environment: environment).result(words[0], project: settings.folder)
    }
  }

  private var environment: [String: String] { settings.environment.added(to: baseEnvironment) }

  private func command(_ workspace: ExecWorkspace, in folder: String) -> Command {
    let variables = environment.merging(workspace.variables) { $1 }.withTraceparent
    let command: Command =
      switch settings.program {
      case .command(let words):
        Command(words[0], Array(words.dropFirst()), in: folder, environment: variables)
      case .shell(let text): .shell(text, in: folder, environment: variables)
      }
    return command.lockingFolder(workspace.folder.path)
  }

  private func run(
    _ command: Command, input: String, _ errors: StandardErrorLog, _ response: ResponseWriter
  ) async throws -> ChildProcess.Termination {
    let output = TerminalOutput()
    do {
      let termination = try await ChildProcess.run(
        command, input: Array(input.utf8), errors: { await errors.append($0) }
      ) { bytes in
        let parts = await output.append(bytes)
        if parts.isEmpty { response.keepAlive() }
        for part in parts { response.write(part) }
      }
      for part in await output.end() { response.write(part) }
      return termination
    } catch let error as ProcessError {
      throw AgentFailure(error, agent: name)
    } catch {
      await errors.logLastLines()
      throw error
    }
  }
}
