extension SandboxState {
  /// Puts an emoji on a post; the same one again changes nothing.
  func react(to postID: String, with emojiName: String, as user: User) throws(AppError) -> Reaction {
    let post = try post(postID, for: user)
    guard !emojiName.isEmpty, emojiName.utf8.count <= Limits.nameLengthMax else { throw .invalidBody("emoji_name") }
    if let there = post.reactions.first(where: { $0.userID == user.id && $0.emojiName == emojiName }) { return there }
    guard post.reactions.count < Limits.reactionsMax else { throw .tooManyReactions }
    let reaction = Reaction(userID: user.id, postID: post.id, emojiName: emojiName, createAt: moment())
    posts[post.id]?.reactions.append(reaction)
    posts[post.id]?.updateAt = reaction.createAt
    emit(.reaction("reaction_added", reaction, in: post.channelID))
    noteChange()
    return reaction
  }

  /// Takes one's own emoji off a post; one that is not there is no error.
  func unreact(to postID: String, with emojiName: String, as user: User) throws(AppError) {
    let post = try post(postID, for: user)
    guard let index = post.reactions.firstIndex(where: { $0.userID == user.id && $0.emojiName == emojiName }) else {
      return
    }
    let reaction = post.reactions[index]
    posts[post.id]?.reactions.remove(at: index)
    posts[post.id]?.updateAt = moment()
    emit(.reaction("reaction_removed", reaction, in: post.channelID))
    noteChange()
  }
}
