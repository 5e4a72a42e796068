import Core
import Logging
import MattermostIO

/// Checks regularly, and on request, whether the server still accepts the token: an open socket outlives its token.
struct TokenMonitor: Sendable {
  let client: MattermostClient
  let connection: ConnectionState
  let policy: UnauthorizedPolicy
  let sleep: WakeableSleep
  let intervals: Intervals
  /// Reopens the event socket.
  let renewSocket: @Sendable () -> Void
  /// Called with the bot's account after each check.
  let updateBot: @Sendable (UserRecord) async -> Void
  let logger: Logger

  /// Runs until the task is cancelled, or returns why the gateway has to end.
  func run() async -> MattermostError? {
    var rejections = 0
    while !Task.isCancelled {
      if rejections == 0 {
        await sleep.sleep(for: intervals.tokenCheck)
      } else {
        // Further requests to check have the same cause.
        do { try await Task.sleep(for: Limits.unauthorizedPause(after: rejections)) } catch { return nil }
      }
      if Task.isCancelled { return nil }
      do throws(MattermostError) {
        await updateBot(try await client.me())
        guard rejections > 0 else { continue }
        rejections = 0
        await connection.recordToken(isRejected: false)
        logger.warning("the token is accepted again; reconnecting")
        renewSocket()
      } catch {
        guard error.code == .unauthorized else {
          logger.debug("token not checked", metadata: ["reason": "\(error)"])
          continue
        }
        rejections += 1
        guard policy == .retry else { return error }
        await connection.recordToken(isRejected: true)
        logger.error("the token is not accepted; trying again", metadata: ["reason": "\(error)"])
      }
    }
    return nil
  }
}
