import Logging
import MattermostIO

/// What is done when the server does not accept the token any more.
package enum UnauthorizedPolicy: String, Sendable, CaseIterable {
  /// The gateway ends: only a person can mend it.
  case exit
  /// It is tried again at growing intervals.
  case retry
}

/// Asks the server at intervals, and when somebody suspects it, whether it still accepts the token: an open socket lives
/// on after its token was revoked.
struct TokenMonitor: Sendable {
  let client: MattermostClient
  let connection: ConnectionState
  let onUnauthorized: UnauthorizedPolicy
  let alarm: WakeableSleep
  let rhythm: Intervals
  /// Has the event socket opened anew.
  let renewSocket: @Sendable () -> Void
  /// Is told whose token it is, as the server tells of the account now.
  let know: @Sendable (UserRecord) async -> Void
  let logger: Logger

  /// Goes on until the task is cancelled, or returns why the gateway has to end.
  func run() async -> MattermostError? {
    var refusals = 0
    while !Task.isCancelled {
      if refusals == 0 {
        await alarm.wait(for: rhythm.tokenCheck)
      } else {
        // Further suspicions are none: whatever is refused meanwhile is refused for this reason.
        do { try await Task.sleep(for: Limits.refusedPause(after: refusals)) } catch { return nil }
      }
      if Task.isCancelled { return nil }
      do throws(MattermostError) {
        await know(try await client.me())
        guard refusals > 0 else { continue }
        refusals = 0
        await connection.noteToken(isRefused: false)
        logger.warning("the token is accepted again; connecting anew")
        renewSocket()
      } catch {
        // A proxy that asks for a login of its own says nothing of the token.
        guard error.code == .unauthorized, !error.serverID.isEmpty else {
          logger.debug("token not checked", metadata: ["reason": "\(error)"])
          continue
        }
        refusals += 1
        guard onUnauthorized == .retry else { return error }
        await connection.noteToken(isRefused: true)
        logger.error("the token is not accepted; trying again", metadata: ["reason": "\(error)"])
      }
    }
    return nil
  }
}
