/// A piece of an agent's response.
package enum ResponsePart: Sendable, Equatable {
  /// More text.
  case text(String)
  /// Removes this many Unicode scalars from the end of the text so far, or all of it if it is shorter: a program wrote
  /// over them, or the text turned out to be a model's reasoning.
  case retracted(Int)
  /// A file to attach: its path in the conversation's folder, or an absolute path below it. It is read when the
  /// response is posted.
  case file(String)
  /// A step of the agent's work. A step with a known id replaces the earlier one.
  case step(AgentStep)
  /// The agent's plan, which replaces the earlier one.
  case plan([AgentPlanEntry])
  /// More of the agent's reasoning.
  case thought(String)
  /// A change that the agent made to a file, as a unified diff.
  case diff(String)
  /// A remark of edgecrab's on content that cannot be shown, without a period.
  case note(String)
  /// The tokens of the response so far; the last one counts.
  case usage(TokenUsage)
  /// The response ends here, but is not complete.
  case truncated(TruncationReason)

  /// True if people see something of it, so that a second attempt would repeat a beginning.
  var startsAnswer: Bool {
    switch self {
    case .text, .retracted, .file, .truncated, .step, .plan, .diff, .note: true
    case .usage, .thought: false
    }
  }
}

/// The reason why a response is not complete.
package enum TruncationReason: String, Sendable, CaseIterable {
  /// The agent reached its own limit for one response.
  case agentLimit
  /// The response reached the gateway's limit for one response.
  case tooLong
  /// The endpoint's content filter removed the rest.
  case filtered
  /// The conversation fills the model's context window.
  case contextFull
  /// The endpoint gave a reason that edgecrab does not know, and did not say that the response is complete.
  case unknown

  /// The sentence to show below the response.
  package var sentence: String {
    switch self {
    case .agentLimit: "(The answer ends here: it has reached the agent's limit. Ask it to continue.)"
    case .tooLong: "(The answer ends here: it is too long for a chat. Ask for the rest, or for less.)"
    case .contextFull:
      "(The answer ends here: this conversation is now as long as the agent can read. Start a new one for the rest.)"
    case .unknown: "(The answer may be incomplete: the agent's endpoint did not report that it is complete.)"
    case .filtered: "(The answer ends here: the agent's endpoint filtered the rest.)"
    }
  }
}

/// A step of an agent's work, such as the use of a tool.
package struct AgentStep: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case running, done, failed
  }

  /// Unique within the response.
  package var id: String
  /// The action, in the agent's own words.
  package var title: String
  package var state: State

  package init(id: String, title: String, state: State) {
    self.id = id
    self.title = title
    self.state = state
  }
}

/// An entry of an agent's plan.
package struct AgentPlanEntry: Sendable, Equatable {
  package enum State: String, Sendable {
    case pending
    case inProgress = "in_progress"
    case completed
  }

  /// The task, in the agent's own words.
  package var text: String
  package var state: State

  package init(text: String, state: State) {
    self.text = text
    self.state = state
  }
}
