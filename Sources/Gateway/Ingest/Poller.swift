import Core
import Logging
import MattermostIO
import RuleEngine

/// Starts passes of the backfill: regularly while there is no event socket, soon after a failed pass, and now and then
/// to check that the event socket delivers all posts.
struct Poller: Sendable {
  let backfill: Backfill
  let ingest: Ingest
  let connection: ConnectionState
  let sleep: WakeableSleep
  let intervals: Intervals
  let onConnected: @Sendable () -> Void
  /// Reopens the event socket.
  let renewSocket: @Sendable () -> Void
  let logger: Logger

  /// Runs until the task is cancelled.
  func run() async {
    var failures = 0
    while !Task.isCancelled {
      await sleep.sleep(for: await pause(failures))
      if Task.isCancelled { return }
      if await connection.mustPoll {
        await poll()
      } else if await connection.mode == .websocket {
        if await ingest.isBehind {
          failures = await backfill.pass().isComplete ? 0 : failures + 1
        } else {
          await audit()
          failures = await ingest.isBehind ? 1 : 0
        }
      }
    }
  }

  private func pause(_ failures: Int) async -> Duration {
    if await connection.mustPoll { return .seconds(await ingest.policy.pollSeconds) }
    return failures == 0 ? intervals.audit : min(Limits.passPauseFirst * failures, intervals.audit)
  }

  private func poll() async {
    let isReachable = await backfill.pass(as: .polling).isReachable
    guard let change = await connection.changeWhilePolling(to: isReachable ? .polling : .none) else { return }
    if change.isFirst { onConnected() }
    switch (change.before, isReachable) {
    case (.none, true):
      let pause = Duration.seconds(await ingest.policy.pollSeconds)
      logger.warning(
        "the WebSocket cannot be opened; polling for new posts, and trying again",
        metadata: ["every": .stringConvertible(pause)])
    case (.polling, false): logger.warning("polling fails as well; trying again")
    case (.none, false), (.polling, true), (.websocket, _): break
    }
  }

  /// Checks whether the server has posts that the event socket does not deliver within the grace time.
  private func audit() async {
    do throws(MattermostError) {
      let received = await ingest.received
      let candidates = try await backfill.undelivered()
      guard !candidates.isEmpty else { return }
      await sleep.sleep(for: intervals.grace)
      guard await connection.mode == .websocket, await !ingest.undelivered(among: candidates).isEmpty else { return }
      await ingest.recordGap()
      let report = await backfill.pass()
      guard report.posts > 0 else { return }
      if await ingest.received == received {
        logger.error(
          "the WebSocket responds but delivers no posts; reconnecting",
          metadata: ["missed": .stringConvertible(report.posts)])
        renewSocket()
      } else {
        logger.error("the WebSocket did not deliver all posts", metadata: ["missed": .stringConvertible(report.posts)])
      }
    } catch {
      guard !Task.isCancelled else { return }
      logger.warning("could not check for missed posts", metadata: ["reason": "\(error)"])
    }
  }
}
