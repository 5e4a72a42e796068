import Core
import Logging

/// A conversation in the form of chat APIs: user and assistant in turns, the last message with its files.
struct ChatTranscript: Equatable {
  /// The messages of one side until the other one's.
  struct Turn: Equatable {
    enum Role: String {
      case user, assistant
    }

    var role: Role
    var contents: [Content]
  }

  /// A piece of a turn.
  enum Content: Equatable {
    case text(String)
    /// An image in base64.
    case image(mediaType: String, base64: String)
  }

  private(set) var turns: [Turn] = []
  /// See `AgentRequest.isShared`.
  private let isShared: Bool

  /// Creates the transcript of a request, and reads the files that endpoints accept.
  init(_ request: AgentRequest, logger: Logger) async {
    isShared = request.isShared
    let files = await InlineAttachments(of: request, logger: logger)
    for entry in request.history {
      append(.user, [.text(entry.chatMessage.text(isShared: isShared))])
      if let answer = entry.answer { append(.assistant, [.text(answer)]) }
    }
    if !request.context.isEmpty { append(.user, [.text(request.context.asBackground)]) }
    let text = request.messages.map { message in
      ChatMessage(speaker: message.speaker, text: message.text, files: message.files.filter(files.others.contains))
        .text(isShared: isShared)
    }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    append(.user, (text.isEmpty ? [] : [.text(text)]) + files.contents)
  }

  /// Returns the system prompt: the rules file's own, and the format of a shared conversation; `nil` if there is
  /// neither.
  func systemPrompt(_ own: String?) -> String? {
    let texts = [own, isShared ? ChatMessage.convention : nil].compactMap(\.self)
    return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
  }

  /// Appends to the transcript. Two turns of one role become one, because many models' templates require alternation.
  private mutating func append(_ role: Turn.Role, _ contents: [Content]) {
    guard let last = turns.last, last.role == role else { return turns.append(Turn(role: role, contents: contents)) }
    if case .text(let before)? = last.contents.last, case .text(let text)? = contents.first {
      turns[turns.count - 1].contents.removeLast()
      turns[turns.count - 1].contents += [.text("\(before)\n\n\(text)")] + contents.dropFirst()
    } else {
      turns[turns.count - 1].contents += contents
    }
  }
}
