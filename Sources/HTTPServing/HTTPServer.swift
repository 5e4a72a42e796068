package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An HTTP/1.1 server with bounds on all that a client can use up. It runs on one thread of its own, and a listener that
/// ends is started again.
package actor HTTPServer {
  /// The port that it listens at, which was free if 0 was asked for.
  package nonisolated let port: Int

  private let host: String
  private let group: MultiThreadedEventLoopGroup
  private let bootstrap: ServerBootstrap
  private let table: NIOLoopBound<ConnectionRegistry>
  private let tasks: NIOLoopBound<TaskRegistry>
  private let logger: Logger
  private var listener: any Channel
  private var watching: Task<Void, Never>?
  private var isStopped = false

  /// Listens at an IP address and a port, or at any free port if that is 0.
  ///
  /// - Throws: why it cannot, as when the port is taken.
  package static func start(
    host: String, port: Int, bounds: HTTPServerLimits, logger: Logger,
    answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerAction
  ) async throws(HTTPServerError) -> HTTPServer {
    try requireDescriptors()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let (table, tasks) = try await loop.submit {
        (
          NIOLoopBound(ConnectionRegistry(connectionsMax: bounds.connectionsMax, logger: logger), eventLoop: loop),
          NIOLoopBound(TaskRegistry(), eventLoop: loop)
        )
      }.get()
      let bootstrap = bootstrap(group, table, bounds, tasks, logger, answer)
      let listener = try await bootstrap.bind(to: try SocketAddress(ipAddress: host, port: port)).get()
      guard let bound = listener.localAddress?.port else { throw HTTPServerError(description: "it has no port") }
      let server = HTTPServer(
        host: host, port: bound, group: group, bootstrap: bootstrap, table: table, tasks: tasks, logger: logger,
        listener: listener)
      await server.watch()
      return server
    } catch {
      // Nothing is open that could keep it.
      group.shutdownGracefully { _ in }
      throw (error as? HTTPServerError) ?? HTTPServerError(description: reason(error))
    }
  }

  private init(
    host: String, port: Int, group: MultiThreadedEventLoopGroup, bootstrap: ServerBootstrap,
    table: NIOLoopBound<ConnectionRegistry>, tasks: NIOLoopBound<TaskRegistry>, logger: Logger, listener: any Channel
  ) {
    self.host = host
    self.port = port
    self.group = group
    self.bootstrap = bootstrap
    self.table = table
    self.tasks = tasks
    self.logger = logger
    self.listener = listener
  }

  /// Suspends until it is stopped.
  package func run() async { await watching?.value }

  /// Stops listening, closes every connection, and cancels what is being answered.
  package func stop() async {
    guard !isStopped else { return await run() }
    isStopped = true
    watching?.cancel()
    let listener = listener
    let ending = try? await listener.eventLoop.submit { [table, tasks] in
      table.value.closeAll()
      listener.close(promise: nil)
      return tasks.value.cancelAll()
    }.get()
    for task in ending ?? [] { await task.value }
    await watching?.value
    do {
      try await group.shutdownGracefully()
    } catch {
      logger.error("the HTTP server did not end cleanly", metadata: ["reason": "\(error)"])
    }
  }

  private static func bootstrap(
    _ group: MultiThreadedEventLoopGroup, _ table: NIOLoopBound<ConnectionRegistry>, _ bounds: HTTPServerLimits,
    _ tasks: NIOLoopBound<TaskRegistry>, _ logger: Logger,
    _ answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerAction
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Limits.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: Limits.acceptsAtOnce)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(table: table.value, logger: logger))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = ConnectionGuard(bounds, table: table.value)
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(connection)
          guard table.value.admit(connection) else { return connection.close() }
          let http = try HTTPCodec(bounds, in: pipeline)
          try pipeline.addHandler(
            RequestHandler(connection, http, bodyBytesMax: bounds.bodyBytesMax, tasks: tasks.value, answer: answer))
        }
      }
  }

  /// Starts the listener again whenever it ends, until the server is stopped.
  private func watch() {
    watching = Task {
      while !isStopped {
        try? await listener.closeFuture.get()
        if !isStopped { await restart() }
      }
    }
  }

  private func restart() async {
    logger.error("the listener has ended; it is started again", metadata: ["address": "\(host):\(port)"])
    var failures = 0
    while !isStopped {
      do {
        listener = try await bootstrap.bind(to: try SocketAddress(ipAddress: host, port: port)).get()
        // Whoever stopped it meanwhile closed the one before.
        if isStopped { listener.close(promise: nil) }
        return logger.notice("the listener was started again", metadata: ["address": "\(host):\(port)"])
      } catch {
        failures += 1
        let pause = pause(Limits.restartPauseFirst, Limits.restartPauseMax, after: failures)
        logger.error(
          "the listener cannot be started again yet",
          metadata: [
            "address": "\(host):\(port)", "reason": "\(Self.reason(error))", "after": .stringConvertible(pause),
          ])
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// Throws if the event loop could not have its descriptors, for which SwiftNIO would end the process.
  private static func requireDescriptors() throws(HTTPServerError) {
    var probes: [Int32] = []
    defer { for probe in probes { close(probe) } }
    for _ in 0..<Limits.descriptorsNeeded {
      let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard probe >= 0 else { throw HTTPServerError(description: systemText(errno)) }
      probes.append(probe)
    }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? IOError).map { systemText($0.errnoCode) } ?? String(describing: error)
  }

  private static func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
  }
}
