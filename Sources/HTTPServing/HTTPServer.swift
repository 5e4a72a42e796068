import Core
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

import protocol NIOCore.Channel

/// An HTTP/1.1 server that limits all resources that a client can use. It runs on one thread of its own, and restarts
/// its listener if that ends.
package actor HTTPServer {
  /// The port on which it listens.
  package nonisolated let port: Int

  private let host: String
  private let group: MultiThreadedEventLoopGroup
  private let bootstrap: ServerBootstrap
  private let connections: NIOLoopBound<ConnectionRegistry>
  private let tasks: NIOLoopBound<TaskRegistry>
  private let logger: Logger
  private var listener: any Channel
  private var watching: Task<Void, Never>?
  private var isStopped = false

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - host: The IP address to listen on.
  ///   - port: The port, or 0 for any free port.
  ///   - answer: Returns the action for a request. It is cancelled when the server stops.
  /// - Throws: The reason why the server cannot listen, for example because the port is in use.
  package static func start(
    host: String, port: Int, limits: HTTPServerLimits, logger: Logger,
    answer: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerAction
  ) async throws(HTTPServerError) -> HTTPServer {
    try requireDescriptors()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let (connections, tasks) = try await loop.submit {
        (
          NIOLoopBound(
            ConnectionRegistry(connectionsMax: limits.connectionsMax, logger: logger), eventLoop: loop),
          NIOLoopBound(TaskRegistry(), eventLoop: loop)
        )
      }.get()
      let bootstrap = bootstrap(group, connections, limits, tasks, logger, answer)
      let listener = try await bootstrap.bind(to: try SocketAddress(ipAddress: host, port: port)).get()
      guard let bound = listener.localAddress?.port else { throw HTTPServerError(description: "it has no port") }
      let server = HTTPServer(
        host: host, port: bound, group: group, bootstrap: bootstrap, connections: connections, tasks: tasks,
        logger: logger, listener: listener)
      await server.watch()
      return server
    } catch {
      // Nothing uses the group, so that its shutdown needs no wait.
      group.shutdownGracefully { _ in }
      throw (error as? HTTPServerError) ?? HTTPServerError(description: reason(error))
    }
  }

  private init(
    host: String, port: Int, group: MultiThreadedEventLoopGroup, bootstrap: ServerBootstrap,
    connections: NIOLoopBound<ConnectionRegistry>, tasks: NIOLoopBound<TaskRegistry>, logger: Logger,
    listener: any Channel
  ) {
    self.host = host
    self.port = port
    self.group = group
    self.bootstrap = bootstrap
    self.connections = connections
    self.tasks = tasks
    self.logger = logger
    self.listener = listener
  }

  /// Returns after the server was stopped.
  package func run() async { await watching?.value }

  /// Stops listening, closes all connections, cancels all answers, and waits for their end.
  package func stop() async {
    guard !isStopped else { return await run() }
    isStopped = true
    watching?.cancel()
    let listener = listener
    let cancelled = try? await listener.eventLoop.submit { [connections, tasks] in
      connections.value.closeAll()
      listener.close(promise: nil)
      return tasks.value.cancelAll()
    }.get()
    for task in cancelled ?? [] { await task.value }
    await watching?.value
    do {
      try await group.shutdownGracefully()
    } catch {
      logger.error("the HTTP server did not end cleanly", metadata: ["reason": "\(error)"])
    }
  }

  private static func bootstrap(
    _ group: MultiThreadedEventLoopGroup, _ connections: NIOLoopBound<ConnectionRegistry>, _ limits: HTTPServerLimits,
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
          try channel.pipeline.syncOperations.addHandler(
            AcceptBackoffHandler(connections: connections.value, logger: logger))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = ConnectionGuard(limits, connections: connections.value)
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(connection)
          guard connections.value.admit(connection) else { return connection.close() }
          let http = try HTTPCodec(limits, in: pipeline)
          try pipeline.addHandler(
            RequestHandler(connection, http, bodyBytesMax: limits.bodyBytesMax, tasks: tasks.value, answer: answer))
        }
      }
  }

  // MARK: Restarts

  private func watch() {
    watching = Task {
      while !isStopped {
        try? await listener.closeFuture.get()
        if !isStopped { await restart() }
      }
    }
  }

  private func restart() async {
    logger.error("the listener has ended; starting it again", metadata: ["address": "\(host):\(port)"])
    var failures = 0
    while !isStopped {
      do {
        listener = try await bootstrap.bind(to: try SocketAddress(ipAddress: host, port: port)).get()
        // If the server was stopped meanwhile, the previous listener was closed.
        if isStopped { listener.close(promise: nil) }
        return logger.notice("the listener was started again", metadata: ["address": "\(host):\(port)"])
      } catch {
        failures += 1
        let pause = Duration.backoff(Limits.restartPauseFirst, Limits.restartPauseMax, failures: failures)
        logger.error(
          "the listener cannot be started again yet",
          metadata: [
            "address": "\(host):\(port)", "reason": "\(Self.reason(error))", "after": .stringConvertible(pause),
          ])
        try? await Task.sleep(for: pause)
      }
    }
  }

  // MARK: Errors

  /// Throws if there are too few file descriptors for an event loop, because SwiftNIO would end the process.
  private static func requireDescriptors() throws(HTTPServerError) {
    var probes: [SystemPackage.FileDescriptor] = []
    defer { for probe in probes { try? probe.close() } }
    do {
      for _ in 0..<Limits.descriptorsNeeded {
        probes.append(try SystemPackage.FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec))
      }
    } catch {
      throw HTTPServerError(description: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    let systemError = (error as? Errno) ?? (error as? IOError).map { Errno(rawValue: $0.errnoCode) }
    return systemError.map { $0.description.lowercased() } ?? String(describing: error)
  }
}

/// The limits of a server.
package struct HTTPServerLimits: Sendable {
  /// The number of open connections. For a new one beyond it, the connection that has been idle for longest is closed.
  package var connectionsMax: Int
  /// Bytes of the request line and the headers.
  package var headBytesMax: Int
  /// Bytes of the body of a request.
  package var bodyBytesMax: Int
  /// The time for a client to send a request, and for a connection to be idle.
  package var requestTime: Duration
  /// The time for an answer, until the client has received it. A WebSocket is not limited.
  package var answerTime: Duration

  package init(
    connectionsMax: Int, headBytesMax: Int, bodyBytesMax: Int, requestTime: Duration, answerTime: Duration
  ) {
    self.connectionsMax = connectionsMax
    self.headBytesMax = headBytesMax
    self.bodyBytesMax = bodyBytesMax
    self.requestTime = requestTime
    self.answerTime = answerTime
  }
}

/// The reason why a server cannot listen.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// The reason of the system, such as `address already in use`.
  package let description: String
}
