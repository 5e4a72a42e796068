import AgentSessions
import Logging
import MattermostIO

extension Outbox {
  /// Sends a reply that cannot be posted where it was asked for to its asker alone, in a direct message behind `notice`. It is
  /// kept when this returns. Programs are not told: that could begin a loop.
  func tellAsker(of target: ReplyTarget, _ notice: String, with reply: Reply) async {
    guard let direct = target.direct else { return }
    let saying = Reply(
      id: Self.refused(reply), text: [notice, reply.text].filter { !$0.isEmpty }.joined(separator: "\n\n"),
      files: reply.files, isResumed: reply.isResumed)
    await storeAndSend(saying, to: direct)
  }

  /// Names what an asker is told in a direct message instead of a reply.
  static func refused(_ reply: Reply) -> String { reply.id + refusedSuffix }

  /// Returns the claim whose reply went to its asker in a direct message under this name, or `nil` if it is no such name.
  static func claim(ofRefused id: String) -> String? {
    id.hasSuffix(refusedSuffix) ? String(id.dropLast(refusedSuffix.count)) : nil
  }

  private static let refusedSuffix = "-refused"

  /// The target with its channel, which for a direct message is looked up, or made.
  func located(_ target: ReplyTarget) async throws(MattermostError) -> ReplyTarget {
    guard target.channel.isEmpty, let recipient = target.recipient else { return target }
    var target = target
    target.channel = try await client.directChannel(of: (bot.id, recipient)).id
    return target
  }

  /// The root of the thread that a reply belongs in: of that of the post that `target` names; nil where that is gone.
  func root(of target: ReplyTarget) async throws(MattermostError) -> String? {
    guard let named = target.root, let post = try await existing(named), post.channelID == target.channel else {
      return nil
    }
    return post.rootID.isEmpty ? named : post.rootID
  }

  /// A post; nil where it is gone.
  func existing(_ id: String) async throws(MattermostError) -> Post? {
    do throws(MattermostError) {
      let post = try await client.post(id)
      return post.deleteAt == 0 ? post : nil
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  /// Whether a channel is there and not archived.
  func isOpen(_ channel: String) async throws(MattermostError) -> Bool {
    do throws(MattermostError) {
      return try await client.channel(channel).deleteAt == 0
    } catch {
      guard error.isInaccessible else { throw error }
      return false
    }
  }
}
