/// Why there is no answer.
package struct AgentFailure: Error, Sendable, Equatable {
  /// What went wrong.
  package enum Code: String, Sendable, CaseIterable {
    /// The endpoint does not accept the key (HTTP 401).
    case unauthorized
    /// The key may not use this model or endpoint (HTTP 403).
    case forbidden
    /// The address or the model does not exist (HTTP 404).
    case notFound
    /// Too many questions in too short a time (HTTP 429).
    case rateLimited
    /// The account behind the key is used up (HTTP 402 or 429).
    case quotaUsedUp
    /// The conversation is longer than the model can read.
    case tooLong
    /// The message alone, with its files, is longer than the model can read.
    case messageTooLong
    /// The endpoint refuses the request for another reason (HTTP 4xx).
    case refused
    /// The endpoint is in trouble (HTTP 408, 5xx, or an error within the answer).
    case brokenEndpoint
    /// What answers is not a chat endpoint: HTML, not JSON, a redirection.
    case notAnEndpoint
    /// The answer ended before it was complete.
    case cutOff
    /// The endpoint sent more than an answer can be.
    case tooMuch
    /// The answer was complete and empty.
    case empty
    /// The model thought, and its answer was complete without an answer.
    case onlyThought
    /// The model used up the tokens of its answer before it began with it.
    case onlyThoughtToLimit
    /// The endpoint did not let the answer pass.
    case filtered
    /// The agent wanted to call tools, of which it has none.
    case wantsTools
    /// Nobody answers at the address.
    case unreachable
    /// So many files and connections are open that the system allows no more.
    case noDescriptors
    /// TLS could not be agreed on, or the certificate is not trusted.
    case notTrusted
    /// No answer began within the agent's `first_byte`, or nothing more came for its `idle`.
    case silent
    /// The answer was not complete within the agent's `timeout`.
    case tookTooLong
    /// The address in the rules file cannot be used.
    case badAddress
    /// The rules name an agent that is no longer there.
    case unknownAgent
    /// The store could not be read, so that nothing is known of the conversation.
    case noStore
    /// The program could not be started.
    case cannotStart
    /// The folder in which its program is to work cannot be used.
    case badFolder
    /// There is no such program.
    case noProgram
    /// The program may not be run.
    case notExecutable
    /// The program ended with an error.
    case programFailed
    /// The program does not speak the protocol that it is to speak.
    case notUnderstood
    /// The program wants somebody to log in first.
    case loginNeeded
    /// The gateway was restarted while the agent was at work, and asking it again may do harm.
    case leftUnfinished
    /// The message that was to be asked again is gone.
    case nothingToRetry
    /// The agent failed in a way of its own.
    case other
  }

  /// What went wrong.
  package let code: Code
  /// The agent's name in the rules file.
  package let agent: String
  /// What the log should know, such as the endpoint's own words, on one line; never a key, never what people wrote.
  package let detail: String
  /// What the sentence names, such as the program; empty if it names nothing.
  package let subject: String
  /// When to ask again, where the endpoint says so.
  package let retryAfter: Duration?
  /// What the agent wants first, for people, as it can stand in a sentence; empty if it does not say.
  package let wish: String

  /// States a failure.
  package init(
    _ code: Code, agent: String, detail: String = "", subject: String = "", retryAfter: Duration? = nil,
    wish: String = ""
  ) {
    self.code = code
    self.agent = agent
    self.detail = detail
    self.subject = subject
    self.retryAfter = retryAfter
    self.wish = wish
  }
}
