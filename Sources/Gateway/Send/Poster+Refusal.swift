import AgentSessions
import Logging
import MattermostIO

extension Poster {
  /// Tells whoever asked, in a direct message, that what they are to be told cannot be posted where they asked. Programs
  /// are not told: that could begin a loop.
  func tellAsker(of target: ReplyTarget, that error: MattermostError, keeps reply: Reply) async {
    guard let asked = target.asked, let asker = asked.asker else { return }
    let direct: String
    do throws(MattermostError) {
      direct = try await client.directChannel(of: (bot.id, asker)).id
    } catch {
      return logger.warning("asker not told", metadata: ["reply": "\(reply.id)", "reason": "\(error)"])
    }
    guard direct != target.channel else { return }
    let text = CommandTexts.cannotPost(in: asked.channelName, why: error.serverMessage)
    await keepAndSay(Reply(id: "\(reply.id)-refused", text: text), to: ReplyTarget(channel: direct))
  }
}
