import Agents
import Core
import Logging
import MattermostIO
import Sessions
import Transport

/// Makes, finds and changes the bot's posts.
struct PostingClient: Sendable {
  let client: MattermostClient
  var bot: BotIdentity
  /// The run of this gateway, which its posts carry. See `DuplicateGatewayDetector`.
  let instance: String
  let intervals: DeliveryIntervals
  let logger: Logger

  /// Makes the post of a chunk, with its files.
  func post(
    _ chunk: inout ReplyChunk, to target: ReplyTarget, _ priority: RequestPriority
  ) async throws(MattermostError) -> Post {
    var (ids, complaints) = try await upload(chunk.files, of: &chunk, to: target)
    if let rest = chunk.rest {
      ids.append(
        try await upload(.bytes(Array(rest.utf8)), as: DeliveryTexts.restFileName, known: "", of: &chunk, to: target))
    }
    if let (name, content) = chunk.attachment {
      ids.append(try await upload(.bytes(Array(content.utf8)), as: name, known: name, of: &chunk, to: target))
    }
    let mark = chunk.mark.text
    return try await client.createPost(
      in: target.channel, message: ([chunk.text].filter { !$0.isEmpty } + complaints).joined(separator: "\n"),
      root: target.root, mark: mark, instance: instance, files: ids, pendingPostID: "\(bot.id):\(mark)",
      priority: priority)
  }

  /// Posts a notice that is of no use later: it is retried only a few times. Retried so soon, it is posted once.
  func postPromptly(_ chunk: inout ReplyChunk, to target: ReplyTarget) async throws(MattermostError) -> Post {
    var pause = intervals.first
    for _ in 1..<Limits.hastyTriesMax {
      do throws(MattermostError) {
        return try await post(&chunk, to: target, .answer)
      } catch {
        if case .final = PostFailure(error, in: target, state: .absent) { throw error }
        do { try await Task.sleep(for: pause) } catch _ { throw error }
        pause *= 2
      }
    }
    return try await post(&chunk, to: target, .answer)
  }

  /// Makes a chunk's post, or edits it if its text differs, and returns the post's id.
  func put(
    _ chunk: inout ReplyChunk, _ state: PostState, in target: ReplyTarget
  ) async throws(MattermostError) -> PostID {
    guard case .exists(let post, let text) = state else {
      return try await self.post(&chunk, to: target, .answer).id
    }
    // A post of files may say more: which of them are missing.
    if chunk.files.isEmpty, text != chunk.text { try await edit(post, to: chunk.text, .answer) }
    return post
  }

  /// Changes a post's text. Cancelling the task does not cut the call short: an edit that the server still works on
  /// could be made after a later one.
  func edit(_ post: PostID, to text: String, _ priority: RequestPriority) async throws(MattermostError) {
    let edited = Task(executorPreference: Task.preferredExecutor) { () -> Result<Void, MattermostError> in
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
  func remove(_ post: PostID, mark: String) async throws(MattermostError) {
    let edited = try await client.edit(
      post, to: DeliveryTexts.noLongerInAnswer, mark: mark, instance: instance)
    guard edited.props.mark == mark else {
      return logger.warning("post not deleted: the server does not change its mark", metadata: ["post": "\(post)"])
    }
    try await client.delete(post)
  }

  /// Shows that the bot is typing, until the task is cancelled.
  func showTyping(in target: ReplyTarget) async {
    while !Task.isCancelled {
      do throws(MattermostError) {
        try await client.typing(as: bot.id, in: target.channel, root: target.root)
      } catch {
        // The answer itself will report the trouble.
        logger.debug("typing not shown", metadata: ["channel": "\(target.channel)", "reason": "\(error)"])
      }
      do { try await Task.sleep(for: Limits.typingInterval) } catch { return }
    }
  }
}

/// The pauses between two tries to post a reply.
struct DeliveryIntervals: Sendable {
  var first = Limits.deliveryPauseFirst
  var longest = Limits.deliveryPauseMax
}

// MARK: Uploading

extension PostingClient {
  /// Uploads files; returns their ids, and a sentence about each that cannot be uploaded.
  private func upload(
    _ files: [SessionFile], of chunk: inout ReplyChunk, to target: ReplyTarget
  ) async throws(MattermostError) -> (ids: [String], complaints: [String]) {
    var ids: [String] = []
    var complaints: [String] = []
    for file in files {
      guard let content = opened(file) else {
        complaints.append(DeliveryTexts.notAttached(file.name, why: ""))
        continue
      }
      do throws(MattermostError) {
        ids.append(
          try await upload(.file(content), as: FileName.safe(file.name), known: file.path, of: &chunk, to: target))
      } catch {
        guard error.refusesThisFile else { throw error }
        logger.warning("file not attached", metadata: ["reason": "\(error)"])
        complaints.append(DeliveryTexts.notAttached(file.name, why: error.serverMessage))
      }
    }
    return (ids, complaints)
  }

  /// Uploads a file, unless the server has it.
  ///
  /// - Parameter known: the file's name within its chunk.
  private func upload(
    _ content: HTTPBody, as name: String, known: String, of chunk: inout ReplyChunk, to target: ReplyTarget
  ) async throws(MattermostError) -> String {
    if let id = chunk.uploaded[known] { return id }
    let id = try await client.upload(content, as: name, to: target.channel)
    chunk.uploaded[known] = id
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
}

// MARK: Looking up

extension PostingClient {
  /// Looks for a chunk among the posts of its channel since its question, which include deleted ones, and among those
  /// of its thread.
  func find(_ chunk: ReplyChunk, in target: ReplyTarget) async throws(MattermostError) -> PostState {
    let mark = chunk.mark.text
    let isChunk = { (post: Post) in post.userID == bot.id && post.props.mark == mark && post.originalID == nil }
    var found = try await client.posts(in: target.channel, since: target.question?.milliseconds ?? 1)
      .first(where: isChunk)
    if found == nil, let root = target.root {
      found = try await client.thread(of: root).first(where: isChunk)
    }
    guard let found else { return .absent }
    return found.deleteAt > 0 ? .deleted : .exists(post: found.id, text: found.message)
  }

  /// Returns the target with its channel: a direct channel is looked up, or made.
  func located(_ target: ReplyTarget) async throws(MattermostError) -> ReplyTarget {
    guard target.channel.rawValue.isEmpty, let recipient = target.recipient else { return target }
    var target = target
    target.channel = try await client.directChannel(of: (bot.id, recipient)).id
    return target
  }

  /// Returns the root of the thread of the post that the target names, or `nil` if that does not exist any more.
  func root(of target: ReplyTarget) async throws(MattermostError) -> PostID? {
    guard let named = target.root, let post = try await existing(named), post.channelID == target.channel
    else { return nil }
    return post.rootID ?? named
  }

  /// Returns a post, or `nil` if it does not exist any more.
  func existing(_ id: PostID) async throws(MattermostError) -> Post? {
    do throws(MattermostError) {
      let post = try await client.post(id)
      return post.deleteAt == 0 ? post : nil
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  /// Returns whether a channel exists and is not archived.
  func isOpen(_ channel: ChannelID) async throws(MattermostError) -> Bool {
    do throws(MattermostError) {
      return try await client.channel(channel).deleteAt == 0
    } catch {
      guard error.isInaccessible else { throw error }
      return false
    }
  }

  /// Returns whether a post was deleted. One that may not be read any more counts as existing: another call will tell.
  func isDeleted(_ post: PostID) async throws(MattermostError) -> Bool {
    do throws(MattermostError) {
      return try await client.post(post).deleteAt > 0
    } catch {
      if error.code == .unreadable { return false }
      guard error.isInaccessible else { throw error }
      return error.code == .notFound
    }
  }

  /// Returns the deletion because of which a target gets no answer, or `nil` if its question exists.
  func deletion(in target: ReplyTarget) async throws(MattermostError) -> Deletion? {
    guard let question = target.question, try await isDeleted(question.post) else { return nil }
    // If the thread was deleted with it, the asker is told so when the server refuses the answer.
    if let root = target.root, try await isDeleted(root) { return nil }
    return .message(question.post)
  }

  /// Returns whether a post that could not be edited was deleted: the server answers as if the bot had no right to edit
  /// it.
  func isDeleted(_ state: PostState, after error: MattermostError) async -> Bool {
    guard case .exists(let post, _) = state, error.isInaccessible else { return false }
    var pause = Limits.deliveryPauseFirst
    while true {
      do throws(MattermostError) {
        return try await isDeleted(post)
      } catch {
        logger.debug("post not looked up", metadata: ["post": "\(post)", "reason": "\(error)"])
      }
      // Without an answer, it could be posted a second time.
      do { try await Task.sleep(for: pause) } catch { return false }
      pause = min(pause * 2, Limits.deliveryPauseMax)
    }
  }
}
