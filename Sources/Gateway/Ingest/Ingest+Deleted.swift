import AgentSessions
import MattermostIO

extension Ingest {
  /// Takes in that a post was deleted, and with it all posts of its thread, of which the server tells nothing.
  func take(deleted post: Post) async {
    actions.poster.deleted.note(post.id)
    await dropAnonymous(post.id)
    await actions.withdraw(.message(post.id), from: recent.sessions(of: post.id))
    guard post.userID == decoder.bot.id, let claim = ReplyChunk.claim(ofMark: post.props.mark) else { return }
    await actions.withdraw(.answer(to: claim), from: [])
  }
}
