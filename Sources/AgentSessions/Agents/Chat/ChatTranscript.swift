import Core
import Logging

/// A conversation as endpoints are shown it: who said what, taking turns, and the newest message with its files.
struct ChatTranscript: Equatable {
  /// What one side says until the other does.
  struct Turn: Equatable {
    enum Role: String {
      case user, assistant
    }

    var role: Role
    var contents: [Content]
  }

  /// A piece of what is said.
  enum Content: Equatable {
    case text(String)
    /// An image in base64.
    case image(mediaType: String, base64: String)
  }

  private(set) var turns: [Turn] = []
  /// Whether several people speak in it.
  private let isShared: Bool

  /// Puts what was said and what is asked together, and reads the files that an endpoint can take.
  init(_ request: AgentRequest, logger: Logger) async {
    isShared = request.isShared
    let files = await InlineAttachments(of: request, logger: logger)
    for exchange in request.history {
      append(.user, [.text(exchange.said.text(isShared: isShared))])
      if let answer = exchange.answer { append(.assistant, [.text(answer)]) }
    }
    if !request.context.isEmpty { append(.user, [.text(request.context.asBackground)]) }
    let said = request.said.map { said in
      ChatMessage(speaker: said.speaker, text: said.text, files: said.files.filter(files.left.contains))
        .text(isShared: isShared)
    }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    append(.user, (said.isEmpty ? [] : [.text(said)]) + files.contents)
  }

  /// The system's text: the file's own, and how people are told apart.
  func systemText(_ own: String?) -> String? {
    let texts = [own, isShared ? ChatMessage.convention : nil].compactMap(\.self)
    return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
  }

  /// Adds to the conversation. Two turns of one role become one: many models' templates insist on taking turns.
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
