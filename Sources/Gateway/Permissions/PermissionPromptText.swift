import AgentSessions
import Core

/// An agent's question as a post, and as a file beside it if the post has no room for all of it.
struct PermissionPromptText: Equatable {
  /// The post.
  let text: String
  /// All that is asked for; `nil` if the post has it.
  let file: String?

  /// Writes a question; `nil` if it is larger than people are shown.
  ///
  /// - Parameter scalarsMax: how many Unicode scalars the post has at most; what is added when it is answered comes on top.
  init?(_ question: PermissionRequest, to user: String, seconds: Int, scalarsMax: Int) {
    let bytes = question.details.reduce(question.title.utf8.count) { $0 + $1.text.utf8.count }
    guard bytes <= Limits.questionBytesMax else { return nil }
    let title = Self.unwrapped(question.title)
    let line = PermissionTexts.line(title, atMost: Limits.questionTitleScalarsMax)
    let opening = "@\(user), the agent `\(question.agent)` asks whether it may do this: `\(line)`"
    let closing = [PermissionTexts.answers(of: question), PermissionTexts.howToAnswer(within: seconds)]
    let isLineExact = !line.hasSuffix("…") && !title.unicodeScalars.contains("`")
    // The line has apostrophes for backticks, and may be cut: a block has the title as it is, unless another has it already.
    let details =
      (isLineExact || question.details.contains { $0.text.contains(title) } ? [] : [PermissionRequest.Detail(title)])
      + question.details
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
    let all = ([title] + question.details.map(\.text)).map {
      $0.escapingInvisibles(atMost: .max, keepsLines: true).text
    }
    .joined(separator: "\n\n")
    let note =
      "**This is only the beginning.** All of it, \(all.unicodeScalars.count.grouped) characters, is in the file "
      + "`\(PermissionTexts.fileName)` on this post. Read it before you say yes."
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

  /// A text as a block of code that it cannot break out of, and whether all of it stands there as it is: nobody reads a fence
  /// of dozens of backticks, so that a text with as many in a row loses them.
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
  /// The most scalars that a block takes beside its text, with the empty line behind it.
  private static let blockOverhead = 2 * fenceMax + 8
}
