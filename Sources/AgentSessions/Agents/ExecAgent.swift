import Core
import FoundationEssentials
package import Logging
import Processes
package import RuleEngine

/// A program that is run for each message: it reads the message from standard input and writes the answer to standard
/// output. What it leaves in the folder that `EDGECRAB_OUT` names goes with the answer.
package struct ExecAgent: Agent {
  /// Nobody knows what a program does beside answering.
  package let isIdempotent = false

  private let name: String
  private let settings: ExecSettings
  private let environment: [String: String]
  private let logger: Logger

  /// Makes an agent that goes by `name`, as the rules file calls it.
  ///
  /// - Parameter environment: the gateway's own variables, of which the program gets the plain ones.
  package init(name: String, settings: ExecSettings, environment: [String: String], logger: Logger) {
    self.name = name
    self.settings = settings
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
  }

  /// Runs the program. The stream throws `AgentFailure`.
  package func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    .answer(of: name) { try await run(request, to: $0) }
  }

  private func run(
    _ request: AgentRequest, to parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws {
    let desk: ExecWorkspace
    do {
      desk = try await ExecWorkspace(for: request, logger: logger)
    } catch {
      throw AgentFailure(.cannotStart, agent: name, detail: "\(error)")
    }
    let place = WorkFolderResolver(agent: name, project: settings.folder, environment: environment, logger: logger)
    let folder = try await place.path(for: request)
    try await request.host.begin()
    let errors = StandardErrorLog(agent: name, hiding: settings.environment.secrets, logger: logger)
    let end = try await runProgram(request, at: desk, in: folder, errors, to: parts)
    let words = await errors.lastWords()
    guard end.status == .exited(0) else {
      throw AgentFailure(.programFailed, agent: name, detail: end.detail(words))
    }
    for file in desk.leftBehind() { parts.yield(.file(file)) }
  }

  private func runProgram(
    _ request: AgentRequest, at desk: ExecWorkspace, in folder: String, _ errors: StandardErrorLog,
    to parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws -> ChildProcess.Termination {
    let variables = environment.merging(settings.environment.map { ($0.name, $0.value.exposed) }) { $1 }
      .merging(desk.variables) { $1 }
    let command: Command =
      switch settings.program {
      case .command(let words):
        Command(words[0], Array(words.dropFirst()), in: folder, environment: variables)
      case .shell(let text): .shell(text, in: folder, environment: variables)
      }
    let output = TerminalOutput()
    do {
      let end = try await ChildProcess.run(
        command.lockingFolder(desk.folder.path), input: Array(request.words.utf8), errors: { await errors.take($0) }
      ) { bytes in
        let said = await output.take(bytes)
        for part in said.isEmpty ? [.alive] : said { parts.yield(part) }
      }
      for part in await output.end() { parts.yield(part) }
      return end
    } catch let error as ProcessError {
      throw AgentFailure(error, agent: name)
    } catch {
      await errors.logLastWords()
      throw error
    }
  }
}
