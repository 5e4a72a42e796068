import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps a listener alive when the system has no connection to give, as when the process has no descriptor left: it frees
/// those of idle connections, and accepts again after a pause, which doubles while that goes on.
final class AcceptBackoffHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel

  private let table: ConnectionRegistry
  private let logger: Logger
  private var failures = 0
  private var lastFailure = NIODeadline.distantPast
  private var resumption: Scheduled<Void>?

  init(table: ConnectionRegistry, logger: Logger) {
    self.table = table
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // A connection in between says nothing: in a flood, each that is closed makes room for one.
    if failures > 0, .now() - lastFailure > TimeAmount(Limits.acceptCalm) {
      failures = 0
      logger.notice("accepts connections again")
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that hung up before it was accepted says nothing of the next one.
    if (error as? IOError)?.errnoCode == ECONNABORTED { return }
    let freed = table.closeIdle()
    if failures == 0 {
      logger.error("cannot accept a connection", metadata: ["reason": "\(error)", "idle_closed": "\(freed)"])
    }
    failures += 1
    lastFailure = .now()
    resumption?.cancel()
    let pause = TimeAmount(pause(Limits.acceptPauseFirst, Limits.acceptPauseMax, after: failures))
    accept(false, context)
    resumption = context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      self.resumption = nil
      self.accept(true, context)
    }
  }

  /// Has the event loop wait for connections, or not: one that waits in vain would be told of the same one without end.
  private func accept(_ isAccepting: Bool, _ context: ChannelHandlerContext) {
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

/// The pause after so many failures in a row: the first, doubled with each, up to the longest.
func pause(_ first: Duration, _ longest: Duration, after failures: Int) -> Duration {
  min(first * (1 << min(max(failures - 1, 0), 20)), longest)
}
