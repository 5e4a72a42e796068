import Core
import FoundationEssentials
import Logging
import Processes
import RuleEngine

/// Starts a program that speaks the Agent Client Protocol, hears what it answers to `initialize`, and ends it: no session is
/// begun, so that no model is asked.
struct ACPProbe: Sendable {
  let agent: String
  let settings: ACPSettings
  /// All that the program is to see.
  let environment: [String: String]
  let logger: Logger

  func finding() async -> AgentProbeResult {
    let folder = FileManager.default.temporaryDirectory.appending(path: "edgecrab-greeting-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      return finding(.unknown, "it was not started, because no folder can be made for it in \(folder)")
    }
    let outcome = await greet(in: folder)
    try? FileManager.default.removeItem(atPath: folder)
    return finding(for: outcome)
  }

  private enum Outcome: Sendable {
    case greeted
    case failed(RPCConnectionError)
    case refused(RPCError)
    case silent
  }

  private func greet(in folder: String) async -> Outcome {
    let (lines, input) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.rpcLinesWaitingMax))
    let peer = RPCPeer(
      RPCPeer.Ends(
        send: { line in if case .enqueued = input.yield(line) { true } else { false } }, notice: { _, _ in },
        handle: { method, _ throws(RPCError) in throw .unknown(method: method) }),
      logger: logger)
    let command = Command(
      settings.command[0], Array(settings.command.dropFirst()), in: folder, environment: environment)
    let errors = StandardErrorLog(agent: agent, hiding: settings.secrets, logger: logger)
    let program = Task {
      let end: RPCConnectionError
      do {
        let over = try await ChildProcess.run(command, input: lines, errors: { await errors.take($0) }) {
          await peer.take($0)
        }
        end = .ended(over.detail(await errors.lastWords()))
      } catch let error as ProcessError {
        end = .notStarted(error)
      } catch {
        end = .ended("it was ended")
      }
      await peer.close(end)
    }
    let opening = ACPHandshake(
      agent: agent, folder: SessionFolder(path: folder),
      servers: ACPServerList(servers: [], folder: folder, environment: environment), peer: peer,
      secrets: settings.secrets,
      variables: [], ear: SessionUpdateReceiver(), logger: logger)
    let outcome = await withTaskGroup(of: Outcome.self) { group in
      group.addTask {
        do {
          _ = try await opening.greet()
          return .greeted
        } catch let end as RPCConnectionError {
          return .failed(end)
        } catch let error as RPCError {
          return .refused(error)
        } catch {
          return .silent
        }
      }
      group.addTask {
        try? await Task.sleep(for: Limits.greetingTime)
        return .silent
      }
      let first = await group.next() ?? .silent
      group.cancelAll()
      return first
    }
    program.cancel()
    await program.value
    return outcome
  }

  private func finding(for outcome: Outcome) -> AgentProbeResult {
    let name = settings.command[0]
    switch outcome {
    case .greeted: return finding(.good, "the program \(name) starts and greets")
    case .failed(.notStarted(let why)):
      return finding(.bad, "the program \(name) cannot be started: \(why)", "Check `command`.")
    case .failed(.ended(let why)):
      return finding(
        .bad, "the program \(name) ended before it greeted: \(why)", "Run it in a terminal to see what it lacks.")
    case .failed(.notUnderstood(let why)):
      return finding(
        .bad, "the program \(name) does not speak the Agent Client Protocol as edgecrab does: \(why)",
        "See its documentation for the option that has it speak ACP.")
    case .refused(let error):
      return finding(
        .bad, "the program \(name) does not take the greeting: \(error.code) \(error.message)",
        "See its documentation for the option that has it speak ACP.")
    case .silent:
      return finding(
        .doubtful, "the program \(name) starts, but did not greet within \(Limits.greetingTime.components.seconds) s",
        "See its documentation for the option that has it speak ACP; one that is fetched at its first start needs longer once."
      )
    }
  }

  private func finding(_ state: AgentProbeResult.State, _ text: String, _ cure: String = "") -> AgentProbeResult {
    AgentProbeResult(
      agent: agent, state: state,
      text: text.redacting(settings.secrets).singleLine(atMost: Limits.findingScalarsMax),
      cure: cure)
  }
}
