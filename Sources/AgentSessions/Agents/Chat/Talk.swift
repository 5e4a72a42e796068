import Logging
import Vocabulary

/// A conversation as endpoints are shown it: who said what, taking turns, and the newest message with its files.
struct Talk: Equatable {
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

  /// Puts what was said and what is asked together, and reads the files that an endpoint can take.
  init(_ request: AgentRequest, logger: Logger) async {
    let files = await ReadFiles(of: request, logger: logger)
    for exchange in request.history {
      let message = exchange.files.named(below: exchange.message)
      append(.user, [.text(Said(speaker: exchange.speaker, text: message).text(isShared: request.isShared))])
      if let answer = exchange.answer { append(.assistant, [.text(answer)]) }
    }
    if !request.context.isEmpty { append(.user, [.text(request.context.asBackground)]) }
    let message = files.left.named(below: request.message)
    let said = Said(speaker: request.speaker, text: message).text(isShared: request.isShared)
    append(.user, (said.isEmpty ? [] : [.text(said)]) + files.contents)
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
