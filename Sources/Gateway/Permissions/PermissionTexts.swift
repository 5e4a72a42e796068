import Agents
import Core

/// The texts of permission requests.
enum PermissionTexts {
  /// The name of the file that has all of a request that is too long for a post.
  static let fileName = "what-it-asks.txt"

  /// The outcome of a request, below its text.
  static func outcome(
    _ choice: PermissionRequests.Choice?, of request: PermissionRequest, isWithdrawn: Bool, _ seconds: Int
  ) -> String {
    if let choice {
      return "**Answered by \(choice.user.escapedMarkdown()): \(name(of: request.options[choice.position]))**"
    }
    return isWithdrawn ? "**The request was withdrawn.**" : "**No answer within \(time(seconds)), which means no.**"
  }

  /// Tells the asker of a request that people could not be shown.
  static func refused(_ request: PermissionRequest, to user: String, because reason: String) -> String {
    "@\(user), the agent `\(request.agent)` wanted permission for "
      + "`\(line(request.title, atMost: Limits.questionTitleScalarsMax))`. I refused, because \(reason)."
  }

  /// The reasons why a request cannot be shown, as they follow "because".
  static func tooLarge(bytes: Int) -> String {
    "the request is larger than \(bytes / 1_048_576) MiB, the limit"
  }

  static let fileRefused = "the request is too long for a post, and the server does not accept it as a file"
  static let notPosted = "I could not post the question"
  static let noListedApprover =
    "the agent offers only a permanent yes, which only an approver listed in the rules may give"
  static let onlyNo = "the agent offers no way to say yes"

  /// Tells a user that their answer does not count.
  static func mayNotAnswer(_ user: String, asker: String, isPermanent: Bool) -> String {
    isPermanent
      ? "@\(user), that answer would hold permanently, so only an approver listed in the rules may choose it."
      : "@\(user), you cannot answer this question: \(asker.escapedMarkdown()) can, or one of the agent's approvers."
  }

  /// The answers by number, each with its meaning first: an agent may call an answer anything.
  static func answers(of request: PermissionRequest) -> String {
    request.options.enumerated().map { index, option in
      let name = name(of: option)
      return "\(index + 1). **\(meaning(of: option.kind))**\(name.isEmpty ? "" : ": \(name)")"
    }.joined(separator: "\n")
  }

  static func howToAnswer(within seconds: Int) -> String {
    "Answer in this thread with a number, or with an emoji on this post, within \(time(seconds)). No answer means no."
  }

  /// An agent's words as a line of code, with an ellipsis if they are cut.
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

  /// An answer's name on one line, without characters that Mattermost formats.
  private static func name(of option: PermissionRequest.Option) -> String {
    let scalars = option.name.unicodeScalars.filter { !"`*_[]<>|#\\@~:!".unicodeScalars.contains($0) }
    return line(String(String.UnicodeScalarView(scalars)), atMost: Limits.excerptScalarsMax)
  }

  private static func time(_ seconds: Int) -> String {
    seconds % 60 == 0 ? (seconds / 60).counted("minute") : seconds.counted("second")
  }
}

/// A permission request as a post, and as a file if it does not fit into the post.
struct PermissionPromptText: Equatable {
  /// The post.
  let text: String
  /// All of the request; `nil` if the post has it.
  let file: String?

  /// Writes a request; returns `nil` if it is larger than people are shown.
  ///
  /// - Parameter scalarsMax: the most Unicode scalars of the post; the outcome that is added later does not count.
  init?(_ request: PermissionRequest, to user: String, seconds: Int, scalarsMax: Int) {
    let bytes = request.details.reduce(request.title.utf8.count) { $0 + $1.text.utf8.count }
    guard bytes <= Limits.questionBytesMax else { return nil }
    let title = Self.unwrapped(request.title)
    let line = PermissionTexts.line(title, atMost: Limits.questionTitleScalarsMax)
    let opening = "@\(user), the agent `\(request.agent)` asks for permission to do this: `\(line)`"
    let closing = [PermissionTexts.answers(of: request), PermissionTexts.howToAnswer(within: seconds)]
    let isLineExact = !line.hasSuffix("…") && !title.unicodeScalars.contains("`")
    // The line has apostrophes for backticks, and may be cut: a block has the title as it is, unless another has it
    // already.
    let details =
      (isLineExact || request.details.contains { $0.text.contains(title) } ? [] : [PermissionRequest.Detail(title)])
      + request.details
    let mayFit = details.allSatisfy { $0.text.unicodeScalars.count <= scalarsMax }
    let blocks =
      mayFit
      ? details.map { Self.block($0.text.escapingInvisibles(atMost: .max, keepsLines: true).text, $0.isDiff) } : []
    if mayFit, blocks.allSatisfy(\.isExact) {
      let whole = ([opening] + blocks.map(\.text) + closing).joined(separator: "\n\n")
      if whole.unicodeScalars.count <= scalarsMax {
        (text, file) = (whole, nil)
        return
      }
    }
    let all = ([title] + request.details.map(\.text)).map {
      $0.escapingInvisibles(atMost: .max, keepsLines: true).text
    }
    .joined(separator: "\n\n")
    let note =
      "**This is only the beginning.** The full text, \(all.unicodeScalars.count.grouped) characters, is in the file "
      + "`\(PermissionTexts.fileName)` attached to this post. Read it before you say yes."
    let rest = [opening, note] + closing
    let room = scalarsMax - rest.joined(separator: "\n\n").unicodeScalars.count - Self.blockOverhead
    let start = details.map(\.text).joined(separator: "\n\n").escapingInvisibles(atMost: max(0, room), keepsLines: true)
      .text
    let beginning = start.isEmpty ? [] : [Self.block(start, details.first?.isDiff == true).text]
    text = ([opening] + beginning + [note] + closing).joined(separator: "\n\n")
    file = all + "\n"
  }

  /// A title without the backticks that some agents put around a command.
  private static func unwrapped(_ title: String) -> String {
    let scalars = title.unicodeScalars
    guard scalars.count > 2, scalars.first == "`", scalars.last == "`" else { return title }
    let inner = scalars.dropFirst().dropLast()
    return inner.contains("`") ? title : String(inner)
  }

  /// Returns a text as a code block that it cannot close, and whether the block has it unchanged: a fence of dozens of
  /// backticks is unreadable, so a text with as many in a row loses them.
  private static func block(_ text: String, _ isDiff: Bool) -> (text: String, isExact: Bool) {
    var (run, longest) = (0, 0)
    for scalar in text.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let isExact = longest < fenceMax
    let fence = String(repeating: "`", count: isExact ? max(3, longest + 1) : 3)
    return ("\(fence)\(isDiff ? "diff" : "")\n\(isExact ? text : text.withoutBackticks)\n\(fence)", isExact)
  }

  private static let fenceMax = 20
  /// The most scalars of a block beside its text, with the empty line after it.
  private static let blockOverhead = 2 * fenceMax + 8
}
