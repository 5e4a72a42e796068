import FlyingFox
import FlyingSocks
import Logging

/// Keeps the sandbox listening: FlyingFox ends a server and closes its connections when it cannot accept one, as when the
/// process has no descriptor left. The world outlives that, and clients connect again.
actor SandboxListener {
  private let logger: Logger
  private let make: @Sendable (_ port: UInt16) throws -> HTTPServer
  private var port: UInt16 = 0
  private var current: Serving?
  private var isStopped = false

  private struct Serving {
    let http: HTTPServer
    let task: Task<Result<Void, any Error>, Never>
  }

  init(logger: Logger, make: @escaping @Sendable (_ port: UInt16) throws -> HTTPServer) {
    self.logger = logger
    self.make = make
  }

  /// Listens at a port, or at any free one if that is 0, and returns which one it is.
  ///
  /// - Throws: why it cannot listen.
  func start(port: UInt16) async throws -> UInt16 {
    let http = try make(port)
    let (outcomes, outcome) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
    let task = Task {
      let result: Result<Void, any Error>
      // When the port is taken, `run` ends with the reason, and nobody will ever listen.
      do { result = .success(try await http.run()) } catch { result = .failure(error) }
      outcome.yield(result)
      outcome.finish()
      return result
    }
    let listening = Task {
      try await http.waitUntilListening()
      outcome.yield(.success(()))
    }
    defer { listening.cancel() }
    try await outcomes.first { _ in true }?.get()
    guard case .ip4(_, let port) = await http.listeningAddress else {
      task.cancel()
      await http.stop()
      throw SocketError.unsupportedAddress
    }
    self.port = port
    current = Serving(http: http, task: task)
    return port
  }

  /// Suspends until it is stopped. A listener that ends before is started again.
  func run() async {
    while let current, !isStopped {
      let result = await withTaskCancellationHandler {
        await current.task.value
      } onCancel: {
        current.task.cancel()
      }
      if isStopped || Task.isCancelled { return }
      logger.error(
        "the sandbox has closed its connections and listens again",
        metadata: ["port": "\(port)", "reason": "\(reason(result))"])
      await restart()
    }
  }

  /// Stops listening and ends every connection.
  func stop() async {
    isStopped = true
    await current?.http.stop()
    _ = await current?.task.value
  }

  private func restart() async {
    var pause = Limits.restartPauseFirst
    while !isStopped, !Task.isCancelled {
      try? await Task.sleep(for: pause)
      if isStopped || Task.isCancelled { return }
      do {
        _ = try await start(port: port)
        // Whoever stopped it meanwhile stopped the one before.
        if isStopped { await current?.http.stop() }
        return
      } catch {
        logger.error(
          "the sandbox cannot listen again yet",
          metadata: ["port": "\(port)", "reason": "\((error as? SocketError)?.reason ?? String(describing: error))"])
        pause = min(pause * 2, Limits.restartPauseMax)
      }
    }
  }

  private func reason(_ result: Result<Void, any Error>) -> String {
    guard case .failure(let error) = result else { return "it ended by itself" }
    return (error as? SocketError)?.reason ?? String(describing: error)
  }
}
