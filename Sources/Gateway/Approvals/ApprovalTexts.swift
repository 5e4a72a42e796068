import AgentSessions
import Vocabulary

/// What people are asked on behalf of an agent.
enum ApprovalTexts {
  /// The question, with its answers by number.
  static func question(_ question: PermissionQuestion, to user: String, seconds: Int) -> String {
    let title = question.title.withoutBackticks
      .madeVisible(atMost: Limits.questionTitleScalarsMax, keepsLines: false).text
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
      return "**Answered by \(choice.user.asMereText()): \(plain(question.options[choice.place].name))**"
    }
    return isTakenBack ? "**No longer asked.**" : "**Nobody answered within \(time(seconds)): that is a no.**"
  }

  /// An agent's words on one line, without what Mattermost would make something of.
  private static func plain(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.filter { !"`*_[]<>|#\\@~:!".unicodeScalars.contains($0) }))
      .madeVisible(atMost: Limits.shortened, keepsLines: false).text
  }

  /// A text as a block of code that it cannot break out of, cut where it is long.
  private static func fenced(_ text: String) -> String {
    let (shown, left) = text.madeVisible(atMost: Limits.questionDetailScalarsMax, keepsLines: true)
    var (run, longest) = (0, 0)
    for scalar in shown.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    // Nobody reads so many of them; a fence of as many would leave no room for the answers.
    let body = longest > fenceMax ? shown.withoutBackticks : shown
    let fence = String(repeating: "`", count: longest > fenceMax ? 3 : max(3, longest + 1))
    let note = left == 0 ? "" : "\n\n(\(left.grouped) more characters are not shown. Where they matter, say no.)"
    return "\(fence)\n\(body)\n\(fence)\(note)"
  }

  private static let fenceMax = 20

  private static func time(_ seconds: Int) -> String {
    seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
  }
}
