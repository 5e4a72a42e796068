import Agents
import Core
import Logging
import MattermostIO
import Sessions

/// Reads messages around a turn's own that its conversation has not seen.
struct ContextReader: Sendable {
  let client: MattermostClient
  let accounts: AccountDirectory
  let threads: RecentThreads
  let bot: BotIdentity
  let turn: PendingTurn
  let logger: Logger

  /// Returns the requested messages, oldest first: the newest of them within `Limits.contextBytesMax`. Returns none if
  /// they cannot be read: a message is answered without them.
  func read(_ request: ContextRequest) async -> [ChatMessage] {
    guard let question = turn.target.question else { return [] }
    do throws(MattermostError) {
      let posts: [Post]
      switch request {
      case .thread(let root):
        if let known = threads.posts(of: root) { posts = known } else { posts = try await client.thread(of: root) }
      case .channel(let count):
        let page = try await client.posts(in: turn.target.channel, .before(question.post))
        posts = Array(page.posts.suffix(count))
      }
      return try await messages(in: posts, before: question)
    } catch {
      logger.warning("context not read", metadata: turn.logged(["reason": "\(error)"]))
      return []
    }
  }

  private func messages(
    in posts: [Post], before question: ReplyTarget.Question
  ) async throws(MattermostError) -> [ChatMessage] {
    let decoder = EventDecoder(bot: bot)
    let earlier = posts.filter { post in
      post.id != question.post && post.createAt <= question.milliseconds && post.deleteAt == 0
        && post.originalID == nil && decoder.author(of: post) != .system
    }.sorted { $0.createAt < $1.createAt }
    var bytesLeft = Limits.contextBytesMax
    var newest: [Post] = []
    for post in earlier.reversed() {
      bytesLeft -= post.readableText.utf8.count
      if bytesLeft < 0 { break }
      newest.append(post)
    }
    let ids = Set(newest.map(\.userID)).sorted()
    guard !ids.isEmpty else { return [] }
    let names = Dictionary(try await accounts.accounts(of: ids).map { ($0.id, $0.username) }) { first, _ in first }
    return newest.reversed().map { post in
      let speaker = decoder.author(of: post).speaker(
        names[post.userID] ?? post.userID.rawValue, overrideName: post.overrideName)
      return ChatMessage(speaker: speaker, text: post.readableText, files: post.attachedFiles)
    }
  }
}
