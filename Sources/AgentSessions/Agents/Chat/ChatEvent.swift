/// What one event of an endpoint adds to an answer, whichever API it speaks.
struct ChatEvent {
  /// Text of the answer.
  var texts: [UTF16String] = []
  /// What the model thinks, where the endpoint keeps it apart from the answer.
  var thoughts: [UTF16String] = []
  /// Why the model stopped, in the endpoint's own word.
  var finishReason: String?
  /// The tokens read and written so far; `nil` where the event does not say.
  var inputTokens: Int?
  var outputTokens: Int?
  /// What went wrong.
  var error: EndpointError?
  /// Whether the endpoint says that nothing more follows.
  var isLast = false

  /// Whether it says nothing that an answer has.
  var isEmpty: Bool {
    texts.isEmpty && thoughts.isEmpty && finishReason == nil && inputTokens == nil && outputTokens == nil
      && error == nil
  }
}

/// Reads the events of one API.
protocol ChatEventReader: SendableMetatype {
  /// What the endpoint calls the reason for which an answer ends, for the log.
  static var reasonKey: String { get }

  /// Returns what an event, or a whole body that was not streamed, says. What is not understood counts as absent.
  static func event(_ json: LenientJSON) -> ChatEvent
}

/// The texts of a `content`, with what the model thinks kept apart.
struct ContentParts {
  var texts: [UTF16String] = []
  var thoughts: [UTF16String] = []

  /// Reads a content of any shape: a text, a list of parts, or one part.
  init(_ json: LenientJSON) {
    switch json {
    case .text(let text): texts = [text]
    case .list(let parts):
      for part in parts.map(ContentParts.init) {
        texts += part.texts
        thoughts += part.thoughts
      }
    case .map: read(part: json)
    case .null, .bool, .number: break
    }
  }

  private mutating func read(part: LenientJSON) {
    let type = part["type"]?.words ?? ""
    // What a tool said is not the model's.
    if type.contains("tool") { return }
    let said = ["text", "content", "value", "refusal"].lazy.compactMap { part[$0] }.first.map(ContentParts.init)
    let thought = ["thinking", "reasoning"].lazy.compactMap { part[$0] }.first.map(ContentParts.init)
    texts = said?.texts ?? []
    thoughts = (said?.thoughts ?? []) + (thought?.texts ?? []) + (thought?.thoughts ?? [])
    guard type.hasPrefix("thinking") || type.hasPrefix("reasoning") else { return }
    thoughts = texts + thoughts
    texts = []
  }
}
