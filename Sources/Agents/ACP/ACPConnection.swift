import Core
import Logging
import Processes
import RuleEngine
import Synchronization

/// A running program that speaks the Agent Client Protocol on its standard streams.
///
/// Specification: https://agentclientprotocol.com/protocol/overview
final class ACPConnection: Sendable {
  let peer: RPCPeer
  /// Standard error of the program.
  let errors: StandardErrorLog
  /// Ends with the program.
  private let program: Task<Void, Never>

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - folder: the folder in which the program works.
  ///   - environment: the program's environment, complete.
  ///   - lockedFolder: a folder that no second program may lock, or `nil`.
  ///   - notification: handles notifications of the program.
  ///   - request: handles requests of the program.
  init(
    agent: String, settings: ACPSettings, in folder: String, environment: [String: String],
    locking lockedFolder: String? = nil, logger: Logger,
    notification: @escaping @Sendable (String, JSON) -> Void = { _, _ in },
    request: @escaping @Sendable (String, JSON) async throws(RPCError) -> JSON = {
      (method, _) throws(RPCError) in throw .unknown(method: method)
    }
  ) {
    let (lines, input) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.rpcLinesWaitingMax))
    let send: @Sendable ([UInt8]) -> Bool = { if case .enqueued = input.yield($0) { true } else { false } }
    let peer = RPCPeer(.init(send: send, notification: notification, request: request), logger: logger)
    let errors = StandardErrorLog(agent: agent, hiding: settings.secrets, logger: logger)
    var command = Command(
      settings.command[0], Array(settings.command.dropFirst()), in: folder, environment: environment)
    if let lockedFolder { command = command.lockingFolder(lockedFolder) }
    self.peer = peer
    self.errors = errors
    program = Task { [command] in
      let end: RPCConnectionError
      do {
        let termination = try await ChildProcess.run(command, input: lines, errors: { await errors.append($0) }) {
          peer.receive($0)
        }
        end = .ended(termination.detail(await errors.lastLines()))
      } catch let error as ProcessError {
        end = .notStarted(error)
      } catch {
        end = .ended("it was ended")
      }
      peer.close(end)
    }
  }

  /// Ends the program with all its processes, and waits until they have ended.
  func close() async {
    program.cancel()
    await program.value
  }
}
