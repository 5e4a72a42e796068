import Agents
import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine
import Sessions

/// The turn whose agent asks for permission.
struct PermissionAsker: Sendable {
  let claim: Claim
  let session: SessionKey
  let user: UserID
  /// The name of the user's account.
  let name: String
  let channel: ChannelID
  /// The root of the thread in which the request is posted.
  let root: PostID?
  /// The turn, as metadata of a log line.
  let logged: Logger.Metadata
}

/// Posts an agent's permission request in the thread of the user who asked the agent, until it is answered or the time
/// is over. A request that people cannot be shown completely cannot be granted: it is refused.
struct PermissionPrompt: Sendable {
  let outbox: Outbox
  let reactions: Reactions
  let requests: PermissionRequests
  let rules: CompiledRules
  let asker: PermissionAsker

  private var posts: PostingClient { outbox.posts }

  /// Asks, and returns the answer.
  func ask(_ asked: PermissionRequest) async -> PermissionOutcome {
    guard let root = asker.root else { return .refused(PermissionTexts.notPosted) }
    let target = ReplyTarget(channel: asker.channel, root: root)
    // A permanent yes is for approvers whom the rules list: if there is none, it is not offered.
    let request = rules.ruleSet.listsApprovers(of: asked.agent) ? asked : asked.withoutPermanentGrants()
    let seconds = rules.ruleSet.approvalSeconds(of: request.agent)
    if let obstacle = request.obstacle { return await refuse(asked, in: target, because: obstacle) }
    guard request.offersGrant else {
      return await refuse(
        asked, in: target, because: asked.offersGrant ? PermissionTexts.noListedApprover : PermissionTexts.onlyNo)
    }
    let scalarsMax = outbox.scalarsMax(in: target) - Limits.questionOutcomeScalarsMax
    guard let text = PermissionPromptText(request, to: asker.name, seconds: seconds, scalarsMax: scalarsMax) else {
      return await refuse(asked, in: target, because: PermissionTexts.tooLarge(bytes: Limits.questionBytesMax))
    }
    return await ask(request, text, in: target, root, seconds)
  }

  private func ask(
    _ request: PermissionRequest, _ text: PermissionPromptText, in target: ReplyTarget, _ root: PostID, _ seconds: Int
  ) async -> PermissionOutcome {
    let number = requests.announce(
      PermissionRequests.Prompt(
        request: request, session: asker.session, channel: target.channel, root: root, asker: asker.name,
        rights: { user in
          if rules.listsApprover(agent: request.agent, user: user) { return .always }
          return user == asker.user || rules.mayApprove(agent: request.agent, user: user) ? .once : .nothing
        }))
    var chunk = chunk(text.text.postable)
    if let file = text.file { chunk.attachment = (name: PermissionTexts.fileName, content: file) }
    let post: Post
    do throws(MattermostError) {
      post = try await posts.postPromptly(&chunk, to: target)
    } catch {
      requests.withdraw(number)
      if Task.isCancelled { return .silence }
      posts.logger.error("permission request not posted", metadata: logged(["reason": "\(error)"]))
      return await refuse(
        request, in: target, because: error.isUploading ? PermissionTexts.fileRefused : PermissionTexts.notPosted)
    }
    guard text.file == nil || !post.fileIDs.isEmpty else {
      // Accepted without its file, as by a plugin that removes files: people would see the beginning alone.
      requests.withdraw(number)
      outbox.outcomes.record(EventOutcome(notAsked: request), of: asker.claim)
      show(PermissionTexts.refused(request, to: asker.name, because: PermissionTexts.fileRefused), on: post.id)
      return .refused(PermissionTexts.fileRefused)
    }
    reactions.offer(request.emoji, on: post.id)
    let posted = PermissionRequests.Posted(post: post.id, milliseconds: post.createAt)
    let choice = await answer(to: number, at: posted, within: .seconds(seconds))
    let isWithdrawn = Task.isCancelled
    posts.logger.info(
      "permission request over",
      metadata: logged(["agent": "\(request.agent)", "answer": "\(choice?.position.description ?? "none")"]))
    outbox.outcomes.record(EventOutcome(choice, of: request), of: asker.claim)
    show(
      "\(chunk.text)\n\n\(PermissionTexts.outcome(choice, of: request, isWithdrawn: isWithdrawn, seconds))", on: post.id
    )
    return choice.map { .option($0.position) } ?? .silence
  }

  /// Refuses a request, and tells the asker why.
  private func refuse(
    _ request: PermissionRequest, in target: ReplyTarget, because reason: String
  ) async -> PermissionOutcome {
    outbox.outcomes.record(EventOutcome(notAsked: request), of: asker.claim)
    posts.logger.warning(
      "permission request refused", metadata: logged(["agent": "\(request.agent)", "reason": "\(reason)"]))
    var chunk = chunk(PermissionTexts.refused(request, to: asker.name, because: reason).postable)
    do throws(MattermostError) {
      _ = try await posts.postPromptly(&chunk, to: target)
    } catch {
      posts.logger.error("refusal not posted", metadata: logged(["reason": "\(error)"]))
    }
    return .refused(reason)
  }

  private func chunk(_ text: String) -> ReplyChunk {
    let chunk = ReplyChunk(text, of: .permissionRequest(of: asker.claim))
    requests.record(mark: chunk.mark.text)
    return chunk
  }

  private func answer(to number: Int, at posted: PermissionRequests.Posted, within limit: Duration) async
    -> PermissionRequests.Choice?
  {
    await withTaskGroup { group in
      group.addTask { await requests.answer(to: number, at: posted) }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// Shows the outcome on the request's post. Stopping the turn does not cut it short.
  private func show(_ text: String, on post: PostID) {
    outbox.executor.schedule(for: "permission \(post)") {
      do throws(MattermostError) {
        try await posts.edit(post, to: text.postable, .answer)
      } catch {
        posts.logger.warning("outcome not shown", metadata: ["post": "\(post)", "reason": "\(error)"])
      }
    }
  }

  private func logged(_ more: Logger.Metadata) -> Logger.Metadata { asker.logged.merging(more) { $1 } }
}

extension EventOutcome {
  /// A permission request that people could not be asked.
  fileprivate init(notAsked request: PermissionRequest) {
    self = .approval(agent: request.agent, choice: "not-asked", by: nil)
  }

  /// The answer to a permission request: of the choice only its kind, for the agent words it.
  fileprivate init(_ choice: PermissionRequests.Choice?, of request: PermissionRequest) {
    self = .approval(
      agent: request.agent, choice: choice.map { request.options[$0.position].kind.rawValue }, by: choice?.user)
  }
}
