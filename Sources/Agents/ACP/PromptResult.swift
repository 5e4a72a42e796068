import Core
import FoundationEssentials

/// The end of a response, which may be to several prompts.
struct PromptResult {
  /// The reason why the agent stopped, by the result of the last prompt.
  private(set) var stopReason = ""
  private var usage: TokenUsage?

  /// Adds the result of a prompt.
  ///
  /// - Parameter counted: the tokens that the agent had counted in the session before; afterwards, those until now.
  mutating func add(_ result: JSON, since counted: inout TokenUsage) {
    stopReason = result["stopReason"]?.string ?? ""
    guard let sum = TokenUsage(acp: result["usage"]) else { return }
    let added = sum.added(since: counted)
    counted = sum
    usage = TokenUsage(
      input: Limits.credible((usage?.input ?? 0) + added.input),
      output: Limits.credible((usage?.output ?? 0) + added.output))
  }

  /// The last parts of the response.
  var parts: [ResponsePart] {
    let usage = usage.map { [ResponsePart.usage($0)] } ?? []
    switch stopReason {
    case "max_tokens", "max_turn_requests": return usage + [.truncated(.agentLimit)]
    case "refusal": return usage + [.truncated(.filtered)]
    default: return usage
    }
  }
}

/// An agent's session as it is saved, for a program that is started again.
struct SavedACPSession: Equatable {
  /// The session's id.
  var session: String
  /// The tokens that the agent had counted in the session when it last reported.
  var counted = TokenUsage()

  init(session: String, counted: TokenUsage = TokenUsage()) {
    self.session = session
    self.counted = counted
  }

  /// Parses saved text. Older versions saved the session's id alone.
  init(text: String) {
    self.init(session: text)
    guard let json = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)), let id = json["session"]?.string
    else { return }
    session = id
    counted = TokenUsage(
      input: Limits.credible(json["input"]?.int ?? 0), output: Limits.credible(json["output"]?.int ?? 0))
  }

  /// The text to save.
  var text: String {
    (["session": .string(session), "input": .int(counted.input), "output": .int(counted.output)] as JSON).text
  }
}

extension TokenUsage {
  /// Reads the tokens that an agent has counted in a session, over all prompts, or `nil` if it reports none.
  ///
  /// Specification: https://agentclientprotocol.com/rfds/session-usage
  init?(acp json: JSON?) {
    guard let json, let output = json["outputTokens"]?.int else { return nil }
    let inputs = ["inputTokens", "cachedReadTokens", "cachedWriteTokens"].compactMap { json[$0]?.int }
    self.init(
      input: Limits.credible(inputs.reduce(0) { $0 + Limits.credible($1) }), output: Limits.credible(output))
  }

  /// Returns the difference to an earlier sum. A sum that became smaller started over.
  func added(since earlier: TokenUsage) -> TokenUsage {
    guard input >= earlier.input, output >= earlier.output else { return self }
    return TokenUsage(input: input - earlier.input, output: output - earlier.output)
  }
}
