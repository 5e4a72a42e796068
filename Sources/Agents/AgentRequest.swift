package import Core

/// A message to an agent, with the conversation before it.
package struct AgentRequest: Sendable {
  /// The conversation so far, oldest first.
  package var history: [HistoryEntry]
  /// Messages around the request that are not part of the conversation, oldest first.
  package var context: [ChatMessage]
  /// The text of the message.
  package var message: String
  /// True if `message` is a command of the agent's own, such as `/compact`, that its author is allowed to use. No other
  /// message is one, whatever it begins with.
  package var isAgentCommand = false
  /// For a retry: messages that were added to the response being repeated, oldest first. The new response is to all of
  /// them.
  package var more: [ChatMessage] = []
  /// The author's name.
  package var speaker: String
  /// True if several people may write in the conversation, so that the agent has to be told who says what.
  package var isShared: Bool
  /// Identifies the conversation; unchanged when it starts over.
  package var conversation: String
  /// Identifies the conversation to agents that keep state of their own; different after it starts over.
  package var sessionID: String
  /// True if the message was asked before, so that an agent with a memory of its own has to forget its last response.
  /// `history` is without it.
  package var isRetry: Bool
  /// The author and the location of the message.
  package var origin: MessageOrigin
  /// The message's files. They are downloaded only when the agent asks `services` for them.
  package var files: [AttachedFile]
  /// The services that the agent may use while it works.
  package var services: any AgentContext

  package init(
    history: [HistoryEntry] = [], context: [ChatMessage] = [], message: String, speaker: String, isShared: Bool = false,
    conversation: String = "", sessionID: String, isRetry: Bool = false,
    origin: MessageOrigin = MessageOrigin(), files: [AttachedFile] = [],
    services: any AgentContext = DetachedAgentContext()
  ) {
    self.history = history
    self.context = context
    self.message = message
    self.speaker = speaker
    self.isShared = isShared
    self.conversation = conversation
    self.sessionID = sessionID
    self.isRetry = isRetry
    self.origin = origin
    self.files = files
    self.services = services
  }
}

extension AgentRequest {
  /// The messages to respond to: one, unless others were added to it.
  var messages: [ChatMessage] { [ChatMessage(speaker: speaker, text: message, files: files)] + more }

  /// The files of all messages to respond to.
  var allFiles: [AttachedFile] { messages.flatMap(\.files) }

  /// The text for a program: a single message as it was written, several with their authors.
  var text: String { more.isEmpty ? message : messages.transcript }

  /// The same request with the newer half of the history and of the context, by length, or `nil` if both are empty.
  var shortened: AgentRequest? {
    guard !history.isEmpty || !context.isEmpty else { return nil }
    var request = self
    request.history = history.newerHalf
    request.context = context.suffix(context.count / 2)
    return request
  }
}

/// A message of the conversation's history and its answer.
package struct HistoryEntry: Sendable, Equatable {
  /// The author's name.
  package var speaker: String
  package var message: String
  /// The message's files; they are not downloaded again.
  package var files: [AttachedFile]
  /// The answer, or `nil` if the next message interrupted it.
  package var answer: String?
  /// The agent's name in the rules file.
  package var agent: String

  package init(speaker: String, message: String, files: [AttachedFile] = [], answer: String?, agent: String = "") {
    self.speaker = speaker
    self.message = message
    self.files = files
    self.answer = answer
    self.agent = agent
  }

  var chatMessage: ChatMessage { ChatMessage(speaker: speaker, text: message, files: files) }
}
