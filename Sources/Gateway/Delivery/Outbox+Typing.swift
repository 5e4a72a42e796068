import Logging
import MattermostIO

extension Outbox {
  /// Shows that the bot types, until the task is cancelled. Nothing for answers that come at once.
  func showTyping(in target: ReplyTarget) async {
    var pause = Limits.typingDelay
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      do throws(MattermostError) {
        try await client.typing(as: bot.id, in: target.channel, root: target.root)
      } catch {
        // The answer itself will tell of whatever trouble there is.
        logger.debug("typing not shown", metadata: ["channel": "\(target.channel)", "reason": "\(error)"])
      }
      pause = Limits.typingInterval
    }
  }
}
