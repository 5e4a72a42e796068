import Core
import Logging
import NIOCore
import SystemPackage

import protocol NIOCore.Channel

/// Keeps a listener alive if the system cannot accept a connection, for example because no file descriptor is left: it
/// closes the idle connections, and accepts again after a pause that doubles with every failure.
final class AcceptBackoffHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel

  private let connections: ConnectionRegistry
  private let logger: Logger
  private var failures = 0
  private var lastFailure = NIODeadline.distantPast
  private var resumption: Scheduled<Void>?

  init(connections: ConnectionRegistry, logger: Logger) {
    self.connections = connections
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // A single accepted connection is no recovery: in a flood, one is accepted for each that is closed.
    if failures > 0, .now() - lastFailure > TimeAmount(Limits.acceptCalm) {
      failures = 0
      logger.notice("accepts connections again")
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The client closed the connection before it was accepted.
    if (error as? IOError)?.errnoCode == Errno.connectionAbort.rawValue { return }
    let closed = connections.closeIdle()
    if failures == 0 {
      logger.error("cannot accept a connection", metadata: ["reason": "\(error)", "idle_closed": "\(closed)"])
    }
    failures += 1
    lastFailure = .now()
    resumption?.cancel()
    let pause = TimeAmount(Duration.backoff(Limits.acceptPauseFirst, Limits.acceptPauseMax, failures: failures))
    setAccepting(false, context)
    resumption = context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      self.resumption = nil
      self.setAccepting(true, context)
    }
  }

  /// Makes the event loop wait for connections or not. Otherwise it would report the connection that cannot be accepted
  /// over and over.
  private func setAccepting(_ isAccepting: Bool, _ context: ChannelHandlerContext) {
    do {
      try context.channel.syncOptions?.setOption(.autoRead, value: isAccepting)
    } catch {
      logger.error("the listener cannot be paused", metadata: ["reason": "\(error)"])
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    resumption?.cancel()
    resumption = nil
  }
}
