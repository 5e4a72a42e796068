import AgentSessions
import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine

/// Puts an agent's question to people: in the thread of the person who asked the agent, until it is answered or the time is
/// over. What people cannot be shown whole, nobody can permit: such a question is refused.
struct PermissionPrompt: Sendable {
  let poster: Outbox
  let reactions: Reactions
  let approvals: PermissionRequests
  let rules: CompiledRules
  let turn: PendingTurn

  /// Asks, and returns what became of it.
  func ask(_ asked: PermissionRequest) async -> PermissionOutcome {
    guard let root = turn.target.root ?? turn.threadRoot ?? turn.target.asked?.post else {
      return .refused(PermissionTexts.notPosted)
    }
    var target = ReplyTarget(channel: turn.target.channel)
    target.root = root
    // A yes that lasts is for approvers whom the rules list: where there is none, it is not offered.
    let question = rules.ruleSet.listsApprovers(of: asked.agent) ? asked : asked.withoutPermanentGrants()
    let seconds = rules.ruleSet.approvalSeconds(of: question.agent)
    let scalarsMax = poster.scalarsMax(in: target) - Limits.questionOutcomeScalarsMax
    if let obstacle = question.obstacle { return await refuse(asked, in: target, because: obstacle) }
    guard question.offersGrant else {
      return await refuse(
        asked, in: target, because: asked.offersGrant ? PermissionTexts.noListedApprover : PermissionTexts.onlyNo)
    }
    guard let text = PermissionPromptText(question, to: turn.userName, seconds: seconds, scalarsMax: scalarsMax) else {
      return await refuse(asked, in: target, because: PermissionTexts.tooLarge(bytes: Limits.questionBytesMax))
    }
    return await ask(question, text, root, target, seconds)
  }

  private func ask(
    _ question: PermissionRequest, _ text: PermissionPromptText, _ root: String, _ target: ReplyTarget, _ seconds: Int
  ) async -> PermissionOutcome {
    let number = approvals.announce(
      PermissionRequests.Question(
        question: question, channel: target.channel, root: root, asker: turn.userName,
        rights: { user in
          if rules.listsApprover(agent: question.agent, user: user) { return .always }
          return user == turn.user || rules.mayApprove(agent: question.agent, user: user) ? .once : .nothing
        }))
    var part = part(text.text.postable)
    if let file = text.file { part.attachment = (name: PermissionTexts.fileName, content: file) }
    let post: Post
    do throws(MattermostError) {
      post = try await poster.postSoon(&part, to: target)
    } catch {
      approvals.withdraw(number)
      if Task.isCancelled { return .silence }
      poster.logger.error("agent's question not posted", metadata: turn.logged(["reason": "\(error)"]))
      return await refuse(
        question, in: target, because: error.isAboutFile ? PermissionTexts.fileRefused : PermissionTexts.notPosted)
    }
    guard text.file == nil || !post.fileIDs.isEmpty else {
      // Taken without its file, as by a plugin that takes files away: people would see the beginning alone.
      approvals.withdraw(number)
      poster.outcomes.record(EventOutcome(notAsked: question), of: turn.post)
      Task {
        await show(
          PermissionTexts.refused(question, to: turn.userName, because: PermissionTexts.fileRefused), on: post.id)
      }
      return .refused(PermissionTexts.fileRefused)
    }
    let posted = PermissionRequests.Posted(post: post.id, milliseconds: post.createAt)
    async let offering: Void = reactions.offer(question.emoji, on: post.id)
    let choice = await answer(to: number, at: posted, within: .seconds(seconds))
    await offering
    let isTakenBack = Task.isCancelled
    poster.logger.info(
      "agent's question over",
      metadata: turn.logged([
        "agent": "\(question.agent)", "answer": "\(choice?.position.description ?? "none")",
      ]))
    poster.outcomes.record(EventOutcome(choice, of: question), of: turn.post)
    // Nobody waits for it, and stopping the turn does not cut it short.
    let outcome = PermissionTexts.outcome(choice, of: question, isTakenBack: isTakenBack, seconds)
    Task { [text = part.text] in await show("\(text)\n\n\(outcome)", on: post.id) }
    return choice.map { .option($0.position) } ?? .silence
  }

  /// Says no, and tells the asker why.
  private func refuse(
    _ question: PermissionRequest, in target: ReplyTarget, because reason: String
  ) async -> PermissionOutcome {
    poster.outcomes.record(EventOutcome(notAsked: question), of: turn.post)
    poster.logger.warning(
      "agent's question refused",
      metadata: turn.logged(["agent": "\(question.agent)", "reason": "\(reason)"]))
    var part = part(PermissionTexts.refused(question, to: turn.userName, because: reason).postable)
    do throws(MattermostError) {
      _ = try await poster.postSoon(&part, to: target)
    } catch {
      poster.logger.error("refusal not told of", metadata: turn.logged(["reason": "\(error)"]))
    }
    return .refused(reason)
  }

  /// A post of its own: with the same mark, the server would take two for the same.
  private func part(_ text: String) -> ReplyChunk {
    ReplyChunk(text, first: "\(turn.post)-asks-\(UInt64.random(in: 0...(.max)))")
  }

  private func answer(to number: Int, at posted: PermissionRequests.Posted, within limit: Duration) async
    -> PermissionRequests.Choice?
  {
    await withTaskGroup { group in
      group.addTask { await approvals.answer(to: number, at: posted) }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  private func show(_ text: String, on post: String) async {
    do throws(MattermostError) {
      try await poster.edit(post, to: text.postable, .answer)
    } catch {
      poster.logger.warning("outcome not shown", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }
}

extension PendingTurn {
  /// The root of the thread in which the message stands; nil in the channel itself.
  fileprivate var threadRoot: String? { origin.flatMap { $0.thread.isEmpty ? nil : $0.thread } }
}
