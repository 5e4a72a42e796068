import FoundationEssentials
import Vocabulary

/// An agent's answer as the updates of a session tell it.
///
/// Specification: https://agentclientprotocol.com/protocol/prompt-turn
struct ACPAnswer {
  private var hasText = false
  /// Whether the agent has worked since it last said something: what it says next is a paragraph of its own.
  private var hasWorked = false
  private var titles: [String: String] = [:]

  /// Takes an update, and returns what it adds.
  mutating func take(_ update: JSON) -> [AgentPart] {
    switch update["sessionUpdate"]?.string {
    case "agent_message_chunk": return said(update["content"] ?? .null)
    case "tool_call", "tool_call_update":
      hasWorked = true
      note(update)
    default: break
    }
    return [.alive]
  }

  /// The next prompt of the same turn is being answered.
  mutating func goOn() { hasWorked = true }

  /// What a tool call is called, which a question about it may leave to what was told of it before.
  func title(of call: JSON) -> String? {
    call["title"]?.string ?? call["toolCallId"]?.string.flatMap { titles[$0] }
  }

  /// What the answer to the whole prompt adds.
  static func end(_ result: JSON) -> [AgentPart] {
    var parts: [AgentPart] = []
    if let usage = result["usage"], let output = usage["outputTokens"]?.int {
      let inputs = ["inputTokens", "cachedReadTokens", "cachedWriteTokens"].compactMap { usage[$0]?.int }
      parts.append(
        .usage(
          TokenUsage(input: inputs.reduce(0) { $0 + Limits.credible($1) }, output: Limits.credible(output))))
    }
    switch result["stopReason"]?.string {
    case "max_tokens", "max_turn_requests": parts.append(.cutShort(.agentLimit))
    case "refusal": parts.append(.cutShort(.filtered))
    default: break
    }
    return parts
  }

  private mutating func said(_ content: JSON) -> [AgentPart] {
    switch content["type"]?.string {
    case "text":
      guard let text = content["text"]?.string, !text.isEmpty else { return [.alive] }
      defer { (hasText, hasWorked) = (true, false) }
      return [.text(hasText && hasWorked ? "\n\n\(text)" : text)]
    case "resource_link":
      guard let uri = content["uri"]?.string, let path = Self.path(of: uri) else { return [.alive] }
      return [.file(path)]
    default: return [.alive]
    }
  }

  /// The path that a `file:` URI names (RFC 8089); nil where it is another's.
  private static func path(of uri: String) -> String? {
    guard let url = URL(string: uri), url.isFileURL else { return nil }
    return url.path(percentEncoded: false)
  }

  private mutating func note(_ call: JSON) {
    guard let id = call["toolCallId"]?.string, let title = call["title"]?.string else { return }
    if titles.count >= Limits.acpTitlesMax { titles = [:] }
    titles[id] = title
  }
}
