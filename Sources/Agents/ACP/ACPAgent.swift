import Core
import Logging
import RuleEngine

/// A program that speaks the Agent Client Protocol on its standard streams, as editors run them. It keeps the
/// conversation, works with files of the conversation's folder, and asks people before it does more.
///
/// Specification: https://agentclientprotocol.com
struct ACPAgent: AgentBackend {
  /// A program may do anything beside answering.
  let isIdempotent = false
  let name: String
  let settings: ACPSettings
  private let processes: ACPProcessPool
  private let environment: [String: String]
  private let logger: Logger

  init(
    name: String, settings: ACPSettings, processes: ACPProcessPool, environment: [String: String], logger: Logger
  ) {
    self.name = name
    self.settings = settings
    self.processes = processes
    self.environment = environment
    self.logger = logger
  }

  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    do {
      let conversation = try await processes.acquire(name, settings, for: request)
      do {
        try await conversation.respond(to: request, into: response)
        await processes.release(conversation)
      } catch {
        await conversation.errors.logLastLines(unlessIn: error)
        // Ends what it was doing, too.
        await processes.terminate(conversation)
        throw error
      }
    } catch {
      throw failure(error)
    }
  }

  func steer(with message: AgentRequest) async -> Bool {
    guard let running = await processes.conversation(of: name, for: message) else { return false }
    // Another author's message may belong to another folder.
    let resolver = WorkFolderResolver(agent: name, project: settings.folder, environment: [:], logger: logger)
    return resolver.isPath(running.workFolder, for: message) ? await running.steer(with: message) : false
  }

  func controls(in conversation: String) async -> AgentControls? {
    await processes.controls(of: name, in: conversation)
  }

  func select(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult {
    do {
      return try await processes.select(id, for: kind, of: name, in: conversation)
    } catch let error as RPCError {
      return .rejected(detail(error))
    } catch {
      // Other errors may quote what the program writes to standard error, which is for the log only.
      logger.warning("selection not applied", metadata: ["agent": "\(name)", "reason": "\(failure(error))"])
      return .rejected("it ended")
    }
  }

  func probe() async -> AgentProbeResult? {
    let probe = ProgramProbe(agent: name, environment: settings.environment.added(to: environment))
    let found = probe.result(settings.command[0], project: settings.folder)
    guard found.state == .good else { return found }
    var settings = settings
    // It is started in a folder of its own.
    if let file = probe.path(of: settings.command[0], in: settings.folder) { settings.command[0] = file }
    return await ACPProbe(agent: name, settings: settings, environment: probe.environment, logger: logger).result()
  }

  private func failure(_ error: any Error) -> AgentFailure {
    switch error {
    case let failure as AgentFailure: failure
    case let login as AuthenticationRequired:
      AgentFailure(.loginNeeded, agent: name, detail: login.error.map(detail) ?? "", loginHint: login.hint)
    case RPCConnectionError.notStarted(let error): AgentFailure(error, agent: name)
    case RPCConnectionError.notUnderstood(let reason): AgentFailure(.notUnderstood, agent: name, detail: reason)
    case RPCConnectionError.ended(let reason): AgentFailure(.programFailed, agent: name, detail: reason)
    case let error as RPCError:
      AgentFailure(error.code == RPCError.loginNeeded ? .loginNeeded : .other, agent: name, detail: detail(error))
    case let error as FolderError: AgentFailure(.cannotStart, agent: name, detail: "\(error)")
    default: AgentFailure(error, agent: name)
    }
  }

  private func detail(_ error: RPCError) -> String {
    error.detail.redacting(settings.secrets).singleLine(atMost: Limits.detailScalarsMax)
  }
}
