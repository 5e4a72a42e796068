import MattermostIO

extension Poster {
  /// Makes the post that a part is to be, with its file.
  func post(_ part: ReplyPart, to target: ReplyTarget, _ priority: CallPriority) async throws(MattermostError) -> Post {
    var files: [String] = []
    if let file = part.file {
      files = [try await client.upload(file, as: CommandTexts.restFileName, to: target.channel)]
    }
    return try await client.createPost(
      in: target.channel, message: part.text, root: target.root, mark: part.mark, files: files,
      pendingPostID: "\(bot.id):\(part.mark)", priority: priority)
  }

  /// Brings a part's post to what it is to say, and returns the post's id.
  func put(
    _ part: ReplyPart, _ place: Whereabouts, in target: ReplyTarget
  ) async throws(MattermostError) -> String {
    guard case .at(let post, let text) = place else { return try await self.post(part, to: target, .answer).id }
    if text != part.text { try await edit(post, to: part.text, .answer) }
    return post
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

  /// The root of the thread of the post that a reply was wrongly to go under; nil where there is no thread to answer in.
  func rightRoot(of target: ReplyTarget) async throws(MattermostError) -> String? {
    guard let wrong = target.root else { return nil }
    do throws(MattermostError) {
      let post = try await client.post(wrong)
      return post.channelID == target.channel && !post.rootID.isEmpty ? post.rootID : nil
    } catch {
      guard error.isGone else { throw error }
      return nil
    }
  }
}
