import AgentSessions
import MattermostIO
import Vocabulary

extension Poster {
  /// Whose words they are.
  enum Voice {
    /// The rules file's or edgecrab's own, whose mentions ring.
    case own
    /// An agent's, which ring nobody by `@all`, `@channel` or `@here`.
    case agent
  }

  /// The posts that a text becomes.
  func parts(of text: String, to target: ReplyTarget, in voice: Voice) -> [String] {
    let splitter = MessageSplitter(scalarsMax: target.maxLength)
    let text = target.opened(text)
    guard voice == .agent else { return splitter.split(text) }
    var parts = splitter.split(MentionGrammar.silencingChannelWide(text))
    while true {
      // Code that was cut in two may be code no more. Each round silences more of finitely many.
      let silent = parts.map(MentionGrammar.silencingChannelWide)
      if silent == parts { return parts }
      parts = silent.flatMap(splitter.split)
    }
  }

  /// Makes the post that a part is to be.
  func post(_ part: ReplyPart, to target: ReplyTarget, _ priority: CallPriority) async throws(MattermostError) -> Post {
    try await client.createPost(
      in: target.channel, message: part.text, root: target.root, mark: part.mark,
      pendingPostID: "\(bot.id):\(part.mark)", priority: priority)
  }

  /// Changes a post's text. The call is not cut short when the task is cancelled: an edit that the server still works on
  /// could come out over a later one.
  func edit(_ post: String, to text: String, _ priority: CallPriority) async throws(MattermostError) {
    let edited = Task { () -> Result<Void, MattermostError> in
      do throws(MattermostError) {
        return .success(try await client.edit(post, to: text, priority: priority))
      } catch {
        return .failure(error)
      }
    }
    try await edited.value.get()
  }

  /// Looks for a part among the posts of its thread, or of its channel since what it answers was asked.
  func find(_ part: ReplyPart, in target: ReplyTarget) async throws(MattermostError) -> Whereabouts {
    let posts =
      if let root = target.root {
        try await client.thread(of: root)
      } else {
        try await client.posts(in: target.channel, since: target.asked?.milliseconds ?? 1)
      }
    let found = posts.first { $0.userID == bot.id && $0.props.mark == part.mark && $0.originalID.isEmpty }
    return found.map { .at(post: $0.id, text: $0.message) } ?? .nowhere
  }
}
