/// How long an agent may take, how much it does at once, and how much of a conversation it is shown.
package struct AgentLimits: Sendable, Equatable {
  /// Seconds until there is a first sign of an answer; nil is no limit.
  package var firstByteSeconds: Int?
  /// Seconds without any sign within an answer; nil is no limit.
  package var idleSeconds: Int?
  /// Seconds of one answer as a whole, however often the agent is asked for it.
  package var timeoutSeconds: Int
  /// How many messages it answers at once; nil is no limit.
  package var concurrency: Int?
  /// The most tokens of what was said before that it is shown.
  package var historyTokens: Int

  /// What holds for a program where its file says nothing: many a program writes at its end only.
  package static let program = AgentLimits()

  /// What holds for a model behind an endpoint: a local one may have to be loaded before it begins, and one that reasons
  /// thinks before its first word.
  package static let model = AgentLimits(firstByteSeconds: 2 * 60, idleSeconds: 3 * 60)

  /// What holds for an agent that works with tools: a tool may run long without a word, and people decide what it may do.
  package static let worker = AgentLimits(firstByteSeconds: 2 * 60, idleSeconds: 15 * 60, timeoutSeconds: 60 * 60)

  /// States limits. 16,000 tokens are what small local models can hold, with room left for the answer.
  package init(
    firstByteSeconds: Int? = nil, idleSeconds: Int? = nil, timeoutSeconds: Int = 15 * 60, concurrency: Int? = nil,
    historyTokens: Int = 16_000
  ) {
    self.firstByteSeconds = firstByteSeconds
    self.idleSeconds = idleSeconds
    self.timeoutSeconds = timeoutSeconds
    self.concurrency = concurrency
    self.historyTokens = historyTokens
  }
}
