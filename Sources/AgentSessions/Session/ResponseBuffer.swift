import Core

/// An agent's answer as it comes together; who shows it while it does may look at any time.
package actor ResponseBuffer {
  /// What the agent told of its tokens.
  private(set) var usage: TokenUsage?
  /// The files that go with it, by their paths in the conversation's folder.
  private(set) var files: [String] = []
  private(set) var isFileLeftOut = false
  /// Whether people are shown how the agent works, beside what it says.
  private let showsWork: Bool
  private var words = ""
  /// Whether a block was put behind the words, so that what follows is a paragraph of its own.
  private var isBehindBlock = false
  private var diffBytes = 0
  private var work = AgentActivity()
  private var cut: TruncationReason?

  /// Holds nothing yet.
  init(showsWork: Bool = false) {
    self.showsWork = showsWork
  }

  /// What there is of the answer as it is kept and posted, with a word on why if it ends early and, if people see the agent's
  /// work, what stays of that; `nil` if there is nothing yet that people would see.
  package var text: String? {
    let summary = showsWork ? work.summary : written == nil ? work.stepsLine : nil
    let parts = [written, summary].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  /// What people are shown while the agent works: what it has written, and lines on its work, the most important last.
  package var inTheMaking: (written: String?, work: [String]) { (written, showsWork ? work.lines : []) }

  /// What the agent said, without white space around it.
  private var written: String? {
    guard !words.isInvisible, let end = words.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    // Only empty lines go from the front: the first line's indentation may mean something.
    let body = words[...end].drop { $0.isNewline }
    // What is shown while it is written is posted as it stands here.
    return (cut.map { "\(body)\n\n\($0.sentence)" } ?? String(body)).postable
  }

  /// Reads the parts to their end, or to the most that an answer may hold.
  func collect(_ parts: AsyncThrowingStream<ResponsePart, any Error>) async throws {
    for try await part in parts {
      switch part {
      case .text(let more):
        work.hasWritten()
        words += isBehindBlock ? "\n\n" + more.drop { $0.isNewline } : more[...]
        isBehindBlock = false
        guard words.utf8.count <= Limits.answerBytesMax else {
          // The last character goes too: the limit may have cut it in two.
          words = String(Substring(words.utf8.prefix(Limits.answerBytesMax)).dropLast())
          cut = .tooLong
          return
        }
      case .retracted(let count): words.unicodeScalars.removeLast(min(count, words.unicodeScalars.count))
      case .file(let path): if files.count < Limits.answerFilesMax { files.append(path) } else { isFileLeftOut = true }
      case .note(let note): add(block: "(\(note))")
      case .diff(let diff): if showsWork { add(diff) }
      case .step(let step): work.take(step)
      case .plan(let plan): work.take(plan)
      case .thought(let more): work.take(thought: more)
      case .alive: break
      case .usage(let told): usage = told
      case .truncated(let reason): cut = reason
      }
    }
  }

  private func add(_ diff: String) {
    let block = diff.asDiffBlock(linesMax: Limits.diffLinesShown)
    guard diffBytes + block.utf8.count <= Limits.diffBytesMax else {
      let name = diff.split(separator: "\n").dropFirst().first?.dropFirst("+++ ".count) ?? ""
      return add(
        block: "(A change of \(name.codeSpan(atMost: Limits.stepScalarsShown)) is not shown: there were too many.)")
    }
    diffBytes += block.utf8.count
    add(block: block)
  }

  private func add(block: String) {
    guard words.utf8.count + block.utf8.count <= Limits.answerBytesMax else { return }
    words += (words.isEmpty ? "" : "\n\n") + block
    isBehindBlock = true
  }
}

extension String {
  /// A diff as a block of code that it cannot break out of, of at most so many lines; of more, their number is said.
  fileprivate func asDiffBlock(linesMax: Int) -> String {
    let lines = postable.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.prefix(linesMax).joined(separator: "\n")
    var (run, longest) = (0, 2)
    for scalar in shown.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let marks = String(repeating: "`", count: longest + 1)
    let left = lines.count - linesMax
    return "\(marks)diff\n\(shown)\n\(marks)" + (left > 0 ? "\n\n(\(left.counted("more line")) of this change.)" : "")
  }
}
