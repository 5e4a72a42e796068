import AgentSessions
import Core

/// What people are asked on behalf of an agent.
enum PermissionTexts {
  /// The name of the file that has all of a question that is too long for a post.
  static let fileName = "what-it-asks.txt"

  /// What became of a question, below it.
  static func outcome(
    _ choice: PermissionRequests.Choice?, of question: PermissionRequest, isTakenBack: Bool, _ seconds: Int
  ) -> String {
    if let choice {
      return "**Answered by \(choice.user.escapedMarkdown()): \(name(of: question.options[choice.position]))**"
    }
    return isTakenBack ? "**No longer asked.**" : "**Nobody answered within \(time(seconds)): that is a no.**"
  }

  /// What an asker is told about a question that nobody could be shown.
  static func refused(_ question: PermissionRequest, to user: String, because reason: String) -> String {
    "@\(user), the agent `\(question.agent)` wanted permission for "
      + "`\(line(question.title, atMost: Limits.questionTitleScalarsMax))`. I refused, because \(reason)."
  }

  /// Why a question cannot be shown, each as it stands behind "because".
  static func tooLarge(bytes: Int) -> String {
    "the request is larger than \(bytes / 1_048_576) MiB, the most that I show"
  }
  static let fileRefused = "the request is too long for a post, and the server takes no file for it"
  static let notPosted = "I could not post the question"
  static let noListedApprover =
    "the agent offers only a yes for all times, which needs an approver whom the rules list"
  static let onlyNo = "the agent offers no answer that is a yes"

  /// What somebody is told whose answer does not count.
  static func mayNotAnswer(_ user: String, asker: String, isPermanent: Bool) -> String {
    isPermanent
      ? "@\(user), that answer would hold for all times, so only an approver whom the rules list may choose it."
      : "@\(user), you cannot answer this question: \(asker.escapedMarkdown()) can, or one of the agent's approvers."
  }

  /// The answers by number, ours first: an agent may call an answer anything.
  static func answers(of question: PermissionRequest) -> String {
    question.options.enumerated().map { index, option in
      let name = name(of: option)
      return "\(index + 1). **\(meaning(of: option.kind))**\(name.isEmpty ? "" : ": \(name)")"
    }.joined(separator: "\n")
  }

  static func howToAnswer(within seconds: Int) -> String {
    "Answer in this thread with a number, or with an emoji on this post, within \(time(seconds)). Silence is a no."
  }

  /// An agent's words as a line of code, and marked if they are cut.
  static func line(_ text: String, atMost scalarsMax: Int) -> String {
    let (shown, left) = text.withoutBackticks.escapingInvisibles(atMost: scalarsMax, keepsLines: false)
    return left == 0 ? shown : shown + "…"
  }

  private static func meaning(of kind: PermissionRequest.Option.Kind) -> String {
    switch kind {
    case .rejectOnce: "No, this time"
    case .rejectAlways: "No, from now on"
    case .allowOnce: "Yes, this time"
    case .allowAlways: "Yes, from now on (listed approvers only)"
    case .other: "The agent's own answer (listed approvers only)"
    }
  }

  /// An answer's name on one line, without what Mattermost would make something of.
  private static func name(of option: PermissionRequest.Option) -> String {
    let scalars = option.name.unicodeScalars.filter { !"`*_[]<>|#\\@~:!".unicodeScalars.contains($0) }
    return line(String(String.UnicodeScalarView(scalars)), atMost: Limits.shortened)
  }

  private static func time(_ seconds: Int) -> String {
    seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
  }
}
