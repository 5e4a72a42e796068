/// Somebody who answers: a program, a model, a service.
package protocol Agent: Sendable {
  /// Whether the same question may be asked a second time without harm, as after the gateway was killed: nothing comes of
  /// asking but the answer.
  var isIdempotent: Bool { get }

  /// How many messages it answers at once; nil is any number. One that comes beside as many waits for its turn.
  var concurrency: Int? { get }

  /// Answers a message, part by part as the answer comes.
  ///
  /// The stream ends when the answer is complete, and throws an `AgentFailure` where there is none. Cancelling the task
  /// that consumes it, or letting go of it, ends the work behind it at once: the request is closed, the process told.
  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error>

  /// Tells the agent more while it answers in the same conversation: the answer is then to both. False where it cannot be
  /// told, so that the message has to wait for its own turn.
  func tell(_ more: AgentRequest) async -> Bool

  /// Returns what the agent lets people choose in a conversation, as it last announced it; `nil` if it has not yet, or has
  /// nothing of the kind.
  func offer(in conversation: String) async -> AgentControls?

  /// Sets something that the agent offers in a conversation.
  func choose(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult
}

extension Agent {
  /// Most agents answer any number of messages at once.
  package var concurrency: Int? { nil }

  /// Most agents hear nothing while they answer.
  package func tell(_ more: AgentRequest) async -> Bool { false }

  /// Most agents have nothing to choose.
  package func offer(in conversation: String) async -> AgentControls? { nil }

  /// Most agents have nothing to choose.
  package func choose(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult {
    .unknown
  }
}

/// A piece of an agent's answer.
package enum ResponsePart: Sendable, Equatable {
  /// More text.
  case text(String)
  /// So many of the last Unicode scalars of the text so far, or all if there are fewer, are not part of it after all: a
  /// program has written over them, or the model only thought.
  case retracted(Int)
  /// A file that goes with the answer: its path in the conversation's folder, or an absolute one within it. It is read
  /// when the answer is posted.
  case file(String)
  /// A step of the agent's work, or how one goes that is known by its id.
  case step(AgentStep)
  /// What the agent plans to do, in the place of the plan before.
  case plan([AgentPlanEntry])
  /// Some of what the agent thinks.
  case thought(String)
  /// A change that the agent made to a file, as a unified diff.
  case diff(String)
  /// A word of edgecrab's on something of the answer that cannot be shown, without a period.
  case note(String)
  /// A sign that the agent is at work, which adds nothing.
  case alive
  /// What the answer has taken so far; the last one counts.
  case usage(TokenUsage)
  /// The answer ends here although more was to be said.
  case truncated(TruncationReason)
}

/// Why an answer ends early.
package enum TruncationReason: String, Sendable, CaseIterable {
  /// The agent may not say more in one answer.
  case agentLimit
  /// The answer reached `Limits.answerBytesMax`.
  case tooLong
  /// What the endpoint lets pass ended here.
  case filtered
  /// The conversation fills what the model can read at once.
  case contextFull
  /// The endpoint gave a reason that is not known, and did not say that the answer is complete.
  case unknown
}

/// How many tokens an agent read and wrote, and what they cost.
package struct TokenUsage: Sendable, Equatable {
  /// What it read: the system's text, the history and the message.
  package var input: Int
  /// What it wrote.
  package var output: Int
  /// What that cost; nil where the price is not known.
  package var cost: Cost?

  /// States a usage.
  package init(input: Int = 0, output: Int = 0, cost: Cost? = nil) {
    self.input = input
    self.output = output
    self.cost = cost
  }
}
