import Processes

/// The reason why an agent gave no response, or none that is complete.
package struct AgentFailure: Error, Sendable, Equatable {
  /// The raw value appears in log lines.
  package enum Code: String, Sendable, CaseIterable {
    // MARK: Endpoints

    /// The endpoint does not accept the API key (HTTP 401).
    case unauthorized
    /// The API key may not use this model or endpoint (HTTP 403).
    case forbidden
    /// The address or the model does not exist (HTTP 404).
    case notFound
    /// Too many requests (HTTP 429).
    case rateLimited
    /// The account's quota is used up (HTTP 402 or 429).
    case quotaUsedUp
    /// The conversation exceeds the model's context window.
    case tooLong
    /// The message alone, with its files, exceeds the model's context window.
    case messageTooLong
    /// The endpoint rejects the request for another reason (HTTP 4xx).
    case refused
    /// The endpoint has an error of its own (HTTP 408, 5xx, or an error within the response).
    case brokenEndpoint
    /// The address answers, but not as a chat endpoint: HTML, not JSON, a redirection.
    case notAnEndpoint
    /// The response ended before it was complete.
    case cutOff
    /// The response exceeds a limit.
    case tooMuch
    /// The response is complete and empty.
    case empty
    /// The response is complete and holds nothing but reasoning.
    case onlyThought
    /// The model used all tokens of its response for reasoning.
    case onlyThoughtToLimit
    /// The endpoint's content filter blocked the response.
    case filtered
    /// The model wants to call tools, which edgecrab does not offer it.
    case wantsTools
    /// The address cannot be reached.
    case unreachable
    /// The process has no file descriptors left.
    case noDescriptors
    /// The TLS handshake failed, or the certificate is not trusted.
    case notTrusted
    /// The address in the rules file cannot be used.
    case badAddress

    // MARK: Limits

    /// No response began within the agent's `first_byte`, or nothing came for its `idle`.
    case silent
    /// The response was not complete within the agent's `timeout`.
    case tookTooLong

    // MARK: Programs

    /// The program could not be started.
    case cannotStart
    /// The folder in which the program is to work cannot be used.
    case badFolder
    /// The program does not exist.
    case noProgram
    /// The program is not executable.
    case notExecutable
    /// The program ended with an error.
    case programFailed
    /// The program violates the Agent Client Protocol.
    case notUnderstood
    /// The program requires a login.
    case loginNeeded

    // MARK: Sessions

    /// The rules no longer declare the agent.
    case unknownAgent
    /// The store could not be read, so that the conversation's history is not known.
    case noStore
    /// The gateway was restarted while the agent was at work, and asking it again may do harm.
    case leftUnfinished
    /// The message to be asked again was deleted.
    case nothingToRetry

    /// Any other error.
    case other
  }

  package let code: Code
  /// The agent's name in the rules file.
  package let agent: String
  /// Details for the log, such as the endpoint's error message, on one line. Contains neither keys nor messages of
  /// people.
  package let detail: String
  /// The name in the sentence for people, such as the program's path; empty if it has none.
  package let subject: String
  /// The delay before the next attempt that the endpoint asks for.
  package let retryAfter: Duration?
  /// The way to log the agent in, as a clause for people; empty if the agent does not say.
  package let loginHint: String

  package init(
    _ code: Code, agent: String, detail: String = "", subject: String = "", retryAfter: Duration? = nil,
    loginHint: String = ""
  ) {
    self.code = code
    self.agent = agent
    self.detail = detail
    self.subject = subject
    self.retryAfter = retryAfter
    self.loginHint = loginHint
  }
}

extension AgentFailure {
  /// Creates the failure that any error of a backend means.
  init(_ error: any Error, agent: String) {
    self = error as? AgentFailure ?? AgentFailure(.other, agent: agent, detail: "\(type(of: error))")
  }

  /// Creates the failure of a program that could not be started.
  init(_ error: ProcessError, agent: String) {
    let code: Code =
      switch error.code {
      case .notExecutable: .notExecutable
      case .notFound: .noProgram
      default: .cannotStart
      }
    self.init(code, agent: agent, detail: "\(error)", subject: error.subject)
  }
}
