import AgentSessions
import Core
import Logging
import MattermostIO

/// Reads what was said around a message that its conversation has not heard.
struct ContextReader: Sendable {
  let client: MattermostClient
  let bot: BotIdentity
  let turn: PendingTurn
  let logger: Logger

  /// What is wished for, oldest first, the newest of it within a budget; nothing where it cannot be read: a message is
  /// answered without.
  func read(_ wish: ContextRequest) async -> [ChatMessage] {
    guard let asked = turn.target.asked else { return [] }
    do throws(MattermostError) {
      let posts: [Post]
      switch wish {
      case .thread(let root): posts = try await client.thread(of: root)
      case .channel(let count):
        posts = Array(try await client.posts(in: turn.target.channel, .before(asked.post)).posts.suffix(count))
      }
      return try await said(in: posts, before: asked)
    } catch {
      logger.warning("context not read", metadata: turn.logged(["reason": "\(error)"]))
      return []
    }
  }

  private func said(in posts: [Post], before asked: ReplyTarget.Asked) async throws(MattermostError) -> [ChatMessage] {
    let decoder = EventDecoder(bot: bot)
    let earlier = posts.filter { post in
      post.id != asked.post && post.createAt <= asked.milliseconds && post.deleteAt == 0 && post.originalID.isEmpty
        && decoder.author(of: post) != .system
    }.sorted { $0.createAt < $1.createAt }
    var room = Limits.contextBytesMax
    var newest: [Post] = []
    for post in earlier.reversed() {
      room -= post.readableText.utf8.count
      if room < 0 { break }
      newest.append(post)
    }
    let ids = Set(newest.map(\.userID)).sorted()
    guard !ids.isEmpty else { return [] }
    let names = Dictionary(try await client.users(ids: ids).map { ($0.id, $0.username) }) { first, _ in first }
    return newest.reversed().map { post in
      let speaker = decoder.author(of: post).speaker(
        names[post.userID] ?? post.userID, overrideName: post.overrideName)
      return ChatMessage(speaker: speaker, text: post.readableText, files: post.attachedFiles)
    }
  }
}
