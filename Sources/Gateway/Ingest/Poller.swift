import Logging
import MattermostIO
import RuleEngine

/// Asks the server over REST for what the event socket does not bring: again and again while there is no socket, soon
/// after a pass that failed, and now and then to be sure that the socket is not deaf.
struct Poller: Sendable {
  let catchUp: Backfill
  let intake: Ingest
  let connection: ConnectionState
  let alarm: WakeableSleep
  let rhythm: Intervals
  let onConnected: @Sendable () -> Void
  /// Has the event socket opened anew.
  let renewSocket: @Sendable () -> Void
  let logger: Logger

  /// Goes on until the task is cancelled.
  func run() async {
    var failures = 0
    while !Task.isCancelled {
      await alarm.wait(for: await pause(failures))
      if Task.isCancelled { return }
      if await connection.mustPoll {
        await poll()
      } else if await connection.mode == .websocket {
        if await intake.isBehind {
          failures = await catchUp.pass().isComplete ? 0 : failures + 1
        } else {
          await audit()
          failures = await intake.isBehind ? 1 : 0
        }
      }
    }
  }

  private func pause(_ failures: Int) async -> Duration {
    if await connection.mustPoll { return .seconds(await intake.policy.pollSeconds) }
    return failures == 0 ? rhythm.audit : min(Limits.passPauseFirst * failures, rhythm.audit)
  }

  private func poll() async {
    let isReachable = await catchUp.pass().isReachable
    guard let turn = await connection.turnWhilePolling(to: isReachable ? .polling : .none) else { return }
    if turn.isFirst { onConnected() }
    switch (turn.before, isReachable) {
    case (.none, true):
      let pause = Duration.seconds(await intake.policy.pollSeconds)
      logger.warning(
        "the WebSocket cannot be had; polling for new posts, and trying on",
        metadata: ["every": .stringConvertible(pause)])
    case (.polling, false): logger.warning("polling fails as well; trying on")
    case (.none, false), (.polling, true), (.websocket, _): break
    }
  }

  /// Looks whether the server has posts that the socket did not bring a while later.
  private func audit() async {
    do throws(MattermostError) {
      let heard = await intake.heard
      let candidates = try await catchUp.unheard()
      guard !candidates.isEmpty else { return }
      await alarm.wait(for: rhythm.grace)
      guard await connection.mode == .websocket, await !intake.unheard(among: candidates).isEmpty else { return }
      await intake.lose()
      let report = await catchUp.pass()
      guard report.taken > 0 else { return }
      if await intake.heard == heard {
        logger.error(
          "the WebSocket answers, but brings no posts; connecting anew", metadata: ["missed": "\(report.taken)"])
        renewSocket()
      } else {
        logger.error("the WebSocket did not bring all posts", metadata: ["missed": "\(report.taken)"])
      }
    } catch {
      guard !Task.isCancelled else { return }
      logger.warning("not looked for missed posts", metadata: ["reason": "\(error)"])
    }
  }
}
