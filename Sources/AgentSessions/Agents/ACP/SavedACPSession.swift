import Core
import FoundationEssentials

/// What is noted of an agent's session, for a program that is started again.
struct SavedACPSession: Equatable {
  var session: String
  /// What the agent had counted in the session when it last told.
  var counted = TokenUsage()

  init(session: String, counted: TokenUsage = TokenUsage()) {
    self.session = session
    self.counted = counted
  }

  /// Reads a note. An older edgecrab noted the session's name alone.
  init(text: String) {
    self.init(session: text)
    guard let json = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)), let named = json["session"]?.string
    else { return }
    session = named
    counted = TokenUsage(
      input: Limits.credible(json["input"]?.int ?? 0), output: Limits.credible(json["output"]?.int ?? 0))
  }

  /// Itself as the store keeps it.
  var text: String {
    (["session": .string(session), "input": .int(counted.input), "output": .int(counted.output)] as JSON).text
  }
}

extension TokenUsage {
  /// Reads the tokens that an agent has counted in a session so far: the protocol counts all turns together. `nil` if it
  /// tells of none.
  ///
  /// Specification: https://agentclientprotocol.com/rfds/session-usage
  init?(acp told: JSON?) {
    guard let told, let output = told["outputTokens"]?.int else { return nil }
    let inputs = ["inputTokens", "cachedReadTokens", "cachedWriteTokens"].compactMap { told[$0]?.int }
    self.init(
      input: Limits.credible(inputs.reduce(0) { $0 + Limits.credible($1) }), output: Limits.credible(output))
  }

  /// Returns what was added to a sum since it was `earlier`. A sum that became smaller was begun again.
  func added(since earlier: TokenUsage) -> TokenUsage {
    guard input >= earlier.input, output >= earlier.output else { return self }
    return TokenUsage(input: input - earlier.input, output: output - earlier.output)
  }
}
