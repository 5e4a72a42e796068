import Core
import FoundationEssentials
import Logging
import RuleEngine

/// Starts a program that speaks the Agent Client Protocol, waits for its response to `initialize`, and ends it. It
/// creates no session, so that no model is asked.
struct ACPProbe: Sendable {
  let agent: String
  let settings: ACPSettings
  /// The program's environment, complete.
  let environment: [String: String]
  let logger: Logger

  func result() async -> AgentProbeResult {
    let folder = FileManager.default.temporaryDirectory.appending(path: "edgecrab-greeting-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      return result(.unknown, "it was not started, because its folder \(folder) cannot be created")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let connection = ACPConnection(
      agent: agent, settings: settings, in: folder, environment: environment, logger: logger)
    let outcome = await initialize(
      ACPHandshake(agent: agent, peer: connection.peer, settings: settings, logger: logger))
    await connection.close()
    return result(for: outcome)
  }

  private enum Outcome: Sendable {
    case initialized
    case failed(RPCConnectionError)
    case rejected(RPCError)
    case silent
  }

  private func initialize(_ handshake: ACPHandshake) async -> Outcome {
    do {
      _ = try await withTimeLimit(Limits.greetingTime) { try await handshake.initialize() }
      return .initialized
    } catch let end as RPCConnectionError {
      return .failed(end)
    } catch let error as RPCError {
      return .rejected(error)
    } catch {
      return .silent
    }
  }

  private func result(for outcome: Outcome) -> AgentProbeResult {
    let name = settings.command[0]
    switch outcome {
    case .initialized: return result(.good, "the program \(name) starts and speaks the Agent Client Protocol")
    case .failed(.notStarted(let reason)):
      return result(.bad, "the program \(name) cannot be started: \(reason)", "Check `command`.")
    case .failed(.ended(let reason)):
      return result(
        .bad, "the program \(name) ended before it answered: \(reason)", "Run it in a terminal to see its error.")
    case .failed(.notUnderstood(let reason)):
      return result(
        .bad, "the program \(name) does not speak edgecrab's version of the Agent Client Protocol: \(reason)",
        "See its documentation for the option that enables ACP.")
    case .rejected(let error):
      return result(
        .bad, "the program \(name) rejects `initialize`: \(error.code) \(error.message)",
        "See its documentation for the option that enables ACP.")
    case .silent:
      return result(
        .doubtful,
        "the program \(name) starts, but did not answer within \(Limits.greetingTime.components.seconds) s",
        "See its documentation for the option that enables ACP. A program that is downloaded at its first start needs longer once."
      )
    }
  }

  private func result(_ state: AgentProbeResult.State, _ summary: String, _ remedy: String = "") -> AgentProbeResult {
    AgentProbeResult(
      agent: agent, state: state,
      summary: summary.redacting(settings.secrets).singleLine(atMost: Limits.diagnosticScalarsMax), remedy: remedy)
  }
}
