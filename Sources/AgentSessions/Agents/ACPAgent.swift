import Core
import Logging
import RuleEngine

/// A program that speaks the Agent Client Protocol on its standard streams, as editors run them: it keeps the conversation,
/// works with files of the conversation's folder, and asks people before it does more.
///
/// Specification: https://agentclientprotocol.com
struct ACPAgent: Agent {
  /// Nobody knows what a program does beside answering.
  let isIdempotent = false

  let name: String
  let settings: ACPSettings
  let house: ACPProcessPool
  let logger: Logger

  /// Asks the agent. The stream throws `AgentFailure`.
  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    .answer(of: name) { parts in
      do { try await ask(request, parts) } catch { throw failure(error) }
    }
  }

  func tell(_ more: AgentRequest) async -> Bool {
    guard let known = await house.known(name, in: more) else { return false }
    // A message of somebody else may be for another folder.
    let place = WorkFolderResolver(agent: name, project: settings.folder, environment: [:], logger: logger)
    return place.isPath(known.workFolder, for: more) ? await known.tell(more) : false
  }

  func offer(in conversation: String) async -> AgentControls? { await house.offer(of: name, in: conversation) }

  func choose(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult {
    do {
      return try await house.choose(id, for: kind, of: name, in: conversation)
    } catch let error as RPCError {
      return .refused(detail(error))
    } catch {
      // The rest is for the log: it may have what the program wrote to standard error.
      logger.warning("choice not made", metadata: ["agent": "\(name)", "reason": "\(failure(error))"])
      return .refused("it ended")
    }
  }

  private func ask(
    _ request: AgentRequest, _ parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws {
    let conversation = try await house.conversation(of: name, settings, for: request)
    do {
      try await conversation.answer(request, to: parts)
      await house.rest(conversation)
    } catch {
      await conversation.errors.logLastWords(unless: error)
      // What it was doing ends with it, whatever came in between.
      await house.leave(conversation)
      throw error
    }
  }

  private func failure(_ error: any Error) -> AgentFailure {
    switch error {
    case let failure as AgentFailure: failure
    case let wish as AuthenticationRequired:
      AgentFailure(.loginNeeded, agent: name, detail: wish.error.map(detail) ?? "", wish: wish.text)
    case RPCConnectionError.notStarted(let why): AgentFailure(why, agent: name)
    case RPCConnectionError.notUnderstood(let why): AgentFailure(.notUnderstood, agent: name, detail: why)
    case RPCConnectionError.ended(let why): AgentFailure(.programFailed, agent: name, detail: why)
    case let error as RPCError:
      AgentFailure(
        error.code == RPCError.loginNeeded ? .loginNeeded : .other, agent: name,
        detail: detail(error))
    case let error as FolderError: AgentFailure(.cannotStart, agent: name, detail: "\(error)")
    default: AgentFailure(.other, agent: name, detail: "\(type(of: error))")
    }
  }

  private func detail(_ error: RPCError) -> String {
    error.detail.redacting(settings.secrets).singleLine(atMost: Limits.detailScalarsMax)
  }
}
