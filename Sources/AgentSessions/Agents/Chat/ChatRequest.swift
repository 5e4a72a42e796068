import RuleEngine
import Vocabulary

/// The body of `POST /chat/completions`, as far as edgecrab uses it.
///
/// API reference: https://platform.openai.com/docs/api-reference/chat/create
struct ChatRequest: Encodable, Equatable {
  struct Message: Encodable, Equatable {
    enum Role: String, Encodable {
      case system, user, assistant
    }

    var role: Role
    var content: String
  }

  struct StreamOptions: Encodable, Equatable {
    var includeUsage = true

    enum CodingKeys: String, CodingKey {
      case includeUsage = "include_usage"
    }
  }

  var model: String
  var messages: [Message]
  var stream = true
  var streamOptions = StreamOptions()

  enum CodingKeys: String, CodingKey {
    case model, messages, stream
    case streamOptions = "stream_options"
  }

  init(_ request: AgentRequest, settings: OpenAISettings) {
    model = settings.model
    messages = []
    if let system = settings.system { append(.system, system) }
    for exchange in request.history {
      append(
        .user,
        Self.said(exchange.files.named(below: exchange.message), by: exchange.speaker, isShared: request.isShared))
      if let answer = exchange.answer { append(.assistant, answer) }
    }
    append(
      .user, Self.said(request.files.named(below: request.message), by: request.speaker, isShared: request.isShared))
  }

  /// Adds to the conversation. Two messages of one role become one: many models' templates insist on taking turns.
  private mutating func append(_ role: Message.Role, _ content: String) {
    if let last = messages.last, last.role == role {
      messages[messages.count - 1].content = "\(last.content)\n\n\(content)"
    } else {
      messages.append(Message(role: role, content: content))
    }
  }

  /// Where several people speak, each message begins with its speaker's name.
  private static func said(_ message: String, by speaker: String, isShared: Bool) -> String {
    isShared ? "\(speaker): \(message)" : message
  }
}
