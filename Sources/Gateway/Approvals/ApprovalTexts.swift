import AgentSessions
import Vocabulary

/// What people are asked on behalf of an agent.
enum ApprovalTexts {
  /// The question, with its answers by number.
  static func question(_ question: PermissionQuestion, to user: String, seconds: Int) -> String {
    let title = question.title.replacing("`", with: "'").onOneLine(atMost: Limits.questionTitleScalarsMax)
    let answers = question.options.enumerated().map { "\($0 + 1). \(plain($1.name))" }.joined(separator: "\n")
    return [
      "@\(user), the agent `\(question.agent)` asks whether it may do this: `\(title)`",
      question.detail.isEmpty ? nil : fenced(question.detail),
      answers,
      "Answer in this thread with a number, or with an emoji on this post, within \(time(seconds)). Silence is a no.",
    ].compactMap(\.self).joined(separator: "\n\n")
  }

  /// What became of it, below the question.
  static func outcome(
    _ choice: Approvals.Choice?, of question: PermissionQuestion, isTakenBack: Bool, _ seconds: Int
  ) -> String {
    if let choice {
      let who = choice.user.isEmpty ? "" : " by \(choice.user)"
      return "**Answered\(who): \(plain(question.options[choice.place].name))**"
    }
    return isTakenBack ? "**No longer asked.**" : "**Nobody answered within \(time(seconds)): that is a no.**"
  }

  /// An agent's words on one line, without what Mattermost would make something of.
  private static func plain(_ name: String) -> String {
    name.filter { !"`*_[]<>|#\\".contains($0) }.onOneLine(atMost: Limits.shortened)
  }

  /// A text as a block of code that it cannot break out of, cut where it is long.
  private static func fenced(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let isCut = scalars.count > Limits.questionDetailScalarsMax
    let shown = isCut ? String(scalars.prefix(Limits.questionDetailScalarsMax)) + "\n…" : text
    let longest = shown.split(omittingEmptySubsequences: true) { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\n\(shown)\n\(fence)"
  }

  private static func time(_ seconds: Int) -> String {
    seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
  }
}
