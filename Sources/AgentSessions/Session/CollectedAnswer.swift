import Vocabulary

/// An agent's answer as it comes together; who shows it while it does may look at any time.
public actor CollectedAnswer {
  /// What the agent told of its tokens.
  private(set) var usage: TokenUsage?
  /// The files that go with it, by their paths in the conversation's folder.
  private(set) var files: [String] = []
  private(set) var isFileLeftOut = false
  private var words = ""
  private var cut: CutReason?

  /// Holds nothing yet.
  init() {}

  /// What there is of the answer, without white space around it, with a word on why where it ends early; nil where
  /// there is nothing yet that people would see.
  public var text: String? {
    guard !words.isInvisible, let end = words.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    // Only empty lines go from the front: the first line's indentation may mean something.
    let body = words[...end].drop { $0.isNewline }
    return cut.map { "\(body)\n\n\($0.sentence)" } ?? String(body)
  }

  /// Reads the parts to their end, or to the most that an answer may hold.
  func collect(_ parts: AsyncThrowingStream<AgentPart, any Error>) async throws {
    for try await part in parts {
      switch part {
      case .text(let more):
        words += more
        guard words.utf8.count <= Limits.answerBytesMax else {
          // The last character goes too: the limit may have cut it in two.
          words = String(Substring(words.utf8.prefix(Limits.answerBytesMax)).dropLast())
          cut = .tooLong
          return
        }
      case .discardText: words = ""
      case .file(let path): if files.count < Limits.answerFilesMax { files.append(path) } else { isFileLeftOut = true }
      case .alive: break
      case .usage(let told): usage = told
      case .cutShort(let reason): cut = reason
      }
    }
  }
}
