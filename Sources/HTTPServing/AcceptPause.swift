import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps a listener alive when the system has no connection to give, as when the process has no descriptor left: it frees
/// those of idle connections, and accepts again after a pause, which doubles while that goes on.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  private let table: ConnectionTable
  private let logger: Logger
  private var failures = 0
  private var resumption: Scheduled<Void>?

  init(table: ConnectionTable, logger: Logger) {
    self.table = table
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if failures > 0 {
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
      logger.error("cannot accept a connection", metadata: ["reason": "\(error)", "idle closed": "\(freed)"])
    }
    failures += 1
    resumption?.cancel()
    let pause = TimeAmount(pause(Limits.acceptPauseFirst, Limits.acceptPauseMax, after: failures))
    resumption = context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      self.resumption = nil
      context.read()
    }
  }

  func read(context: ChannelHandlerContext) {
    if resumption == nil { context.read() }
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
