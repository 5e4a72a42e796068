import FoundationEssentials
import Vocabulary

/// An agent's answer as the updates of a session tell it.
///
/// Specification: https://agentclientprotocol.com/protocol/prompt-turn
struct ACPAnswer {
  private var hasText = false
  /// Whether the agent has worked since it last said something: what it says next is a paragraph of its own.
  private var hasWorked = false
  private(set) var calls = ACPToolCalls()

  /// Takes an update, and returns what it adds.
  mutating func take(_ update: JSON) -> [AgentPart] {
    switch update["sessionUpdate"]?.string {
    case "agent_message_chunk": return said(update["content"] ?? .null)
    case "tool_call", "tool_call_update":
      hasWorked = true
      _ = calls.merge(update)
    default: break
    }
    return [.alive]
  }

  /// The next prompt of the same turn is being answered.
  mutating func goOn() { hasWorked = true }

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
}

/// How an answer ends, which may be to several prompts.
struct ACPEnd {
  /// Why the agent stopped, by the last of them.
  private(set) var reason = ""
  private var usage: TokenUsage?

  /// Takes the answer to a prompt.
  ///
  /// - Parameter counted: what the agent had counted in the session before; afterwards, what it has by now.
  mutating func add(_ result: JSON, since counted: inout TokenUsage) {
    reason = result["stopReason"]?.string ?? ""
    guard let sum = TokenUsage(acp: result["usage"]) else { return }
    let added = sum.added(since: counted)
    counted = sum
    usage = TokenUsage(
      input: Limits.credible((usage?.input ?? 0) + added.input),
      output: Limits.credible((usage?.output ?? 0) + added.output))
  }

  /// What it adds to the answer.
  var parts: [AgentPart] {
    let told = usage.map { [AgentPart.usage($0)] } ?? []
    switch reason {
    case "max_tokens", "max_turn_requests": return told + [.cutShort(.agentLimit)]
    case "refusal": return told + [.cutShort(.filtered)]
    default: return told
    }
  }
}
