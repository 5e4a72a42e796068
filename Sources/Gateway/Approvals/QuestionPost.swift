import AgentSessions
import Logging
import MattermostIO
import RuleEngine
import Vocabulary

/// Puts an agent's question to people: in the thread of whoever asked the agent, until it is answered or the time is over.
struct QuestionPost: Sendable {
  let poster: Poster
  let reactions: Reactions
  let approvals: Approvals
  let rules: CompiledRules
  let turn: PendingTurn

  /// Asks, and returns the place of the answer; nil where none came, or nobody could be asked.
  func ask(_ question: PermissionQuestion) async -> Int? {
    guard let root = turn.target.root ?? turn.threadRoot ?? turn.target.asked?.post else { return nil }
    let seconds = rules.ruleSet.approvalSeconds(of: question.agent)
    var target = ReplyTarget(channel: turn.target.channel)
    target.root = root
    let text = ApprovalTexts.question(question, to: turn.userName, seconds: seconds)
    // Another mark each time: the server takes the same one for the same post.
    var part = ReplyPart(
      poster.parts(of: text, to: target, in: .agent).posts.first ?? text,
      first: "\(turn.post)-asks-\(UInt64.random(in: 0...(.max)))")
    let number = approvals.announce(
      Approvals.Question(
        question: question, channel: target.channel, root: root,
        mayAnswer: { $0 == turn.user || rules.mayApprove(agent: question.agent, user: $0) }))
    let post: Post
    do throws(MattermostError) {
      post = try await poster.postSoon(&part, to: target)
    } catch {
      approvals.withdraw(number)
      poster.logger.error("agent's question not posted", metadata: ["post": "\(turn.post)", "reason": "\(error)"])
      return nil
    }
    let posted = Approvals.Posted(post: post.id, milliseconds: post.createAt)
    async let offering: Void = reactions.offer(question.emoji, on: post.id)
    let choice = await answer(to: number, at: posted, within: .seconds(seconds))
    await offering
    let isTakenBack = Task.isCancelled
    poster.logger.info(
      "agent's question over",
      metadata: [
        "post": "\(turn.post)", "agent": "\(question.agent)", "answer": "\(choice?.place.description ?? "none")",
      ])
    // Nobody waits for it, and whoever stops the turn does not cut it short.
    let outcome = ApprovalTexts.outcome(choice, of: question, isTakenBack: isTakenBack, seconds)
    Task { [text = part.text] in await show(outcome, below: text, on: post.id, in: target) }
    return choice?.place
  }

  private func answer(to number: Int, at posted: Approvals.Posted, within limit: Duration) async -> Approvals.Choice? {
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

  private func show(_ outcome: String, below text: String, on post: String, in target: ReplyTarget) async {
    do throws(MattermostError) {
      let silent = poster.parts(of: outcome, to: target, in: .agent).posts.first ?? outcome
      try await poster.edit(post, to: "\(text)\n\n\(silent)", .answer)
    } catch {
      poster.logger.warning("outcome not shown", metadata: ["post": "\(post)", "reason": "\(error)"])
    }
  }
}

extension PendingTurn {
  /// The root of the thread in which the message stands; nil in the channel itself.
  fileprivate var threadRoot: String? { origin.flatMap { $0.thread.isEmpty ? nil : $0.thread } }
}
