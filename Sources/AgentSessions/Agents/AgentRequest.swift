package import Core

/// What an agent is asked, with what was said before.
package struct AgentRequest: Sendable {
  /// What was said before, oldest first.
  package var history: [HistoryEntry]
  /// What others said around the message that is no part of the conversation, oldest first.
  package var context: [ChatMessage]
  /// What is asked now.
  package var message: String
  /// Whether `message` is a command of the agent's own, such as `/compact`, as the gateway passes it on for somebody who
  /// may give it. No other message is one, whatever it begins with.
  package var isAgentCommand = false
  /// What others said to the same agent while it answered the message that is asked again, in their order: it is to be
  /// answered together with `message`.
  package var more: [ChatMessage] = []
  /// Who asks, by name.
  package var speaker: String
  /// Whether several people may speak in this conversation, so that the agent must be told who says what.
  package var isShared: Bool
  /// Names the conversation's place; it stays the same when the conversation begins anew.
  package var conversation: String
  /// Names the conversation to agents that keep one of their own; a conversation begun anew has another.
  package var sessionID: String
  /// Whether it was asked before, so that an agent with a memory of its own has to forget the last answer: `history` is
  /// without it.
  package var isRetry: Bool
  /// Where the message was written, and by whom.
  package var origin: MessageOrigin
  /// The files that hang on the message. None is downloaded before the agent asks `host` for it.
  package var files: [AttachedFile]
  /// Whom the agent turns to while it answers.
  package var host: AgentContext

  /// Puts a question.
  package init(
    history: [HistoryEntry] = [], context: [ChatMessage] = [], message: String, speaker: String, isShared: Bool = false,
    conversation: String = "", sessionID: String, isRetry: Bool = false,
    origin: MessageOrigin = MessageOrigin(), files: [AttachedFile] = [], host: AgentContext = AgentContext()
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
    self.host = host
  }
}

extension AgentRequest {
  /// What is asked now, by whom: one message, but where others joined it.
  var said: [ChatMessage] { [ChatMessage(speaker: speaker, text: message, files: files)] + more }

  /// The files of all that is asked.
  var allFiles: [AttachedFile] { said.flatMap(\.files) }

  /// What is asked as a program reads it: a message as it was written, several with their speakers.
  var words: String { more.isEmpty ? message : said.transcript }
}

/// A message and its answer.
package struct HistoryEntry: Sendable, Equatable {
  /// Who asked, by name.
  package var speaker: String
  /// What was asked.
  package var message: String
  /// The files that hung on it; nobody downloads them again.
  package var files: [AttachedFile]
  /// What was answered; nil where the next message interrupted the answer.
  package var answer: String?
  /// The agent that was asked, by its name in the rules file.
  package var agent: String

  /// What was asked, by whom.
  var said: ChatMessage { ChatMessage(speaker: speaker, text: message, files: files) }

  /// States what was said.
  package init(speaker: String, message: String, files: [AttachedFile] = [], answer: String?, agent: String = "") {
    self.speaker = speaker
    self.message = message
    self.files = files
    self.answer = answer
    self.agent = agent
  }
}
