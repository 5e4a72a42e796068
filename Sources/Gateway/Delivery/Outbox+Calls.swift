import AgentSessions
import Logging
import MattermostIO
import Transport

extension Outbox {
  /// Makes the post that a part is to be, with its files.
  func post(
    _ part: inout ReplyChunk, to target: ReplyTarget, _ priority: RequestPriority
  ) async throws(MattermostError) -> Post {
    var (ids, complaints) = try await upload(part.files, of: &part, to: target)
    if let rest = part.rest {
      ids.append(
        try await upload(.bytes(Array(rest.utf8)), as: CommandTexts.restFileName, known: "", of: &part, to: target))
    }
    if let (name, content) = part.attachment {
      ids.append(try await upload(.bytes(Array(content.utf8)), as: name, known: name, of: &part, to: target))
    }
    return try await client.createPost(
      in: target.channel, message: ([part.text].filter { !$0.isEmpty } + complaints).joined(separator: "\n"),
      root: target.root, mark: part.mark, instance: instance, files: ids, pendingPostID: "\(bot.id):\(part.mark)",
      priority: priority)
  }

  /// Uploads files, and says of those that cannot be why.
  private func upload(
    _ files: [SessionFile], of part: inout ReplyChunk, to target: ReplyTarget
  ) async throws(MattermostError) -> (ids: [String], complaints: [String]) {
    var ids: [String] = []
    var complaints: [String] = []
    for file in files {
      guard let content = opened(file) else {
        complaints.append(CommandTexts.notAttached(file.name, why: ""))
        continue
      }
      do throws(MattermostError) {
        ids.append(
          try await upload(
            .file(content), as: FileName.safe(file.name), known: file.path, of: &part, to: target))
      } catch {
        guard error.refusesThisFile else { throw error }
        logger.warning("file not attached", metadata: ["reason": "\(error)"])
        complaints.append(CommandTexts.notAttached(file.name, why: error.serverMessage))
      }
    }
    return (ids, complaints)
  }

  /// Uploads a file, unless it is there: `known` names it within its part.
  private func upload(
    _ content: HTTPBody, as name: String, known: String, of part: inout ReplyChunk, to target: ReplyTarget
  ) async throws(MattermostError) -> String {
    if let id = part.uploaded[known] { return id }
    let id = try await client.upload(content, as: name, to: target.channel)
    part.uploaded[known] = id
    return id
  }

  private func opened(_ file: SessionFile) -> OpenFile? {
    do throws(FolderError) {
      return OpenFile(try file.open())
    } catch {
      logger.warning("file not attached", metadata: ["reason": "\(error)"])
      return nil
    }
  }

  /// Brings a part's post to what it is to say, and returns the post's id.
  func put(
    _ part: inout ReplyChunk, _ place: PostState, in target: ReplyTarget
  ) async throws(MattermostError) -> String {
    guard case .at(let post, let text) = place else { return try await self.post(&part, to: target, .answer).id }
    // A post of files may say more: which of them are missing.
    if part.files.isEmpty, text != part.text { try await edit(post, to: part.text, .answer) }
    return post
  }

  /// Changes a post's text. The call is not cut short when the task is cancelled: an edit that the server still works on
  /// could come out over a later one.
  func edit(_ post: String, to text: String, _ priority: RequestPriority) async throws(MattermostError) {
    let edited = Task { () -> Result<Void, MattermostError> in
      do throws(MattermostError) {
        return .success(try await client.edit(post, to: text, priority: priority))
      } catch {
        return .failure(error)
      }
    }
    try await edited.value.get()
  }

  /// Deletes a post that is no part of its reply any more. It gets another mark first, or its deletion would be taken
  /// for that of the reply, also after a restart. If it cannot be deleted, it says that it is no part of the answer.
  func remove(_ post: String, mark: String) async throws(MattermostError) {
    let edited = try await client.edit(post, to: CommandTexts.noLongerInAnswer, mark: mark, instance: instance)
    guard edited.props.mark == mark else {
      return logger.warning("post not deleted: the server does not change its mark", metadata: ["post": "\(post)"])
    }
    try await client.delete(post)
  }

  /// Looks for a part among the posts of its channel since what it answers was asked, which tell of deleted ones too, and
  /// among those of its thread.
  func find(_ part: ReplyChunk, in target: ReplyTarget) async throws(MattermostError) -> PostState {
    let isPart = { (post: Post) in post.userID == bot.id && post.props.mark == part.mark && post.originalID.isEmpty }
    var found = try await client.posts(in: target.channel, since: target.asked?.milliseconds ?? 1).first(where: isPart)
    if found == nil, let root = target.root { found = try await client.thread(of: root).first(where: isPart) }
    guard let found else { return .nowhere }
    return found.deleteAt > 0 ? .deleted : .at(post: found.id, text: found.message)
  }

  /// Posts what is of no use later: a few times more where the server may take it in a moment. Sent again so soon, it is
  /// posted once.
  func postSoon(_ part: inout ReplyChunk, to target: ReplyTarget) async throws(MattermostError) -> Post {
    var pause = rhythm.deliveryPauseFirst
    for _ in 1..<Limits.hastyTriesMax {
      do throws(MattermostError) {
        return try await post(&part, to: target, .answer)
      } catch {
        if case .final = PostFailure(error, in: target, at: .nowhere) { throw error }
        do { try await Task.sleep(for: pause) } catch _ { throw error }
        pause *= 2
      }
    }
    return try await post(&part, to: target, .answer)
  }
}
