import Agents
import Core
import Synchronization

/// An agent's response while it is written. It may be read at any time.
package final class ResponseBuffer: Sendable {
  private let state: Mutex<State>

  /// - Parameter showsActivity: whether people see the agent's activity beside its text.
  init(showsActivity: Bool = false) {
    state = Mutex(State(showsActivity: showsActivity))
  }

  /// The tokens that the agent has reported.
  var usage: TokenUsage? { state.withLock(\.usage) }

  /// The files that go with the response, by their paths in the conversation's folder.
  var files: [String] { state.withLock(\.files) }

  /// True if there were more files than a response may have.
  var exceedsFileLimit: Bool { state.withLock(\.exceedsFileLimit) }

  /// The response as it is stored and posted: its text, why it ends early if it does, and a summary of the activity;
  /// `nil` if there is nothing yet that people would see.
  package var text: String? { state.withLock(\.text) }

  /// The progress that people see while the agent works: its text so far, and lines about its activity, the most
  /// important last.
  package var progress: (text: String?, activity: [String]) { state.withLock(\.progress) }

  /// Reads the parts to their end, or to the most that a response may hold.
  func collect(_ parts: AsyncThrowingStream<ResponsePart, any Error>) async throws {
    for try await part in parts {
      guard state.withLock({ $0.append(part) }) else { return }
    }
  }
}

extension ResponseBuffer {
  fileprivate struct State {
    private(set) var usage: TokenUsage?
    private(set) var files: [String] = []
    private(set) var exceedsFileLimit = false
    private let showsActivity: Bool
    private var raw = ""
    /// True if the text ends with a block, so that the next text starts a paragraph.
    private var endsWithBlock = false
    private var diffBytes = 0
    private var activity = AgentActivity()
    private var truncation: TruncationReason?

    init(showsActivity: Bool) { self.showsActivity = showsActivity }

    var text: String? {
      let written = written
      let summary = showsActivity ? activity.summary : written == nil ? activity.stepsLine : nil
      let parts = [written, summary].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
    }

    var progress: (text: String?, activity: [String]) { (written, showsActivity ? activity.lines : []) }

    /// The text without white space around it.
    private var written: String? {
      guard !raw.isInvisible, let end = raw.lastIndex(where: { !$0.isWhitespace }) else { return nil }
      // Only empty lines are dropped from the front: the first line's indentation may mean something.
      let body = raw[...end].drop { $0.isNewline }
      // Streaming posts it as it is here.
      return (truncation.map { "\(body)\n\n\($0.sentence)" } ?? String(body)).postable
    }

    /// Returns whether more parts may follow.
    mutating func append(_ part: ResponsePart) -> Bool {
      switch part {
      case .text(let more):
        activity.startWriting()
        raw += endsWithBlock ? "\n\n" + more.drop { $0.isNewline } : more[...]
        endsWithBlock = false
        if raw.utf8.count > Limits.answerBytesMax {
          // The last character is dropped too: the limit may have cut it in two.
          raw = String(Substring(raw.utf8.prefix(Limits.answerBytesMax)).dropLast())
          truncation = .tooLong
          return false
        }
      case .retracted(let count): raw.unicodeScalars.removeLast(min(count, raw.unicodeScalars.count))
      case .file(let path):
        if files.count < Limits.answerFilesMax { files.append(path) } else { exceedsFileLimit = true }
      case .note(let note): append(block: "(\(note))")
      case .diff(let diff): if showsActivity { append(diff: diff) }
      case .step(let step): activity.update(step)
      case .plan(let plan): activity.replace(plan)
      case .thought(let more): activity.append(thought: more)
      case .usage(let reported): usage = reported
      case .truncated(let reason): truncation = reason
      }
      return true
    }

    private mutating func append(diff: String) {
      let block = diff.diffBlock(linesMax: Limits.diffLinesShown)
      guard diffBytes + block.utf8.count <= Limits.diffBytesMax else {
        let name = diff.split(separator: "\n").dropFirst().first?.dropFirst("+++ ".count) ?? ""
        return append(
          block: "(A change of \(name.codeSpan(atMost: Limits.stepScalarsShown)) is not shown: there were too many.)")
      }
      diffBytes += block.utf8.count
      append(block: block)
    }

    private mutating func append(block: String) {
      guard raw.utf8.count + block.utf8.count <= Limits.answerBytesMax else { return }
      raw += (raw.isEmpty ? "" : "\n\n") + block
      endsWithBlock = true
    }
  }
}

extension String {
  /// A diff as a code block that its text cannot close, of at most `linesMax` lines, followed by the number of the
  /// others.
  fileprivate func diffBlock(linesMax: Int) -> String {
    let lines = postable.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.prefix(linesMax).joined(separator: "\n")
    var (run, longest) = (0, 2)
    for scalar in shown.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let left = lines.count - linesMax
    return "\(fence)diff\n\(shown)\n\(fence)" + (left > 0 ? "\n\n(\(left.counted("more line")) of this change.)" : "")
  }
}

extension ResponseBuffer {
  /// The sentence below an answer with more files than it may have.
  static var filesLeftOut: String { "(I attach \(Limits.answerFilesMax) files at most; there were more.)" }
}
