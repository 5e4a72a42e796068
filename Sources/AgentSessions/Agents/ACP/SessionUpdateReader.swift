import Core

/// An agent's answer as the updates of a session tell it.
///
/// Specification: https://agentclientprotocol.com/protocol/prompt-turn
struct SessionUpdateReader {
  private(set) var calls = ToolCallTracker()
  private var media: ACPContentStore
  private var hasText = false
  /// Whether the agent has worked since it last said something: what it says next is a paragraph of its own.
  private var hasWorked = false
  /// The ids of tool calls whose changes and images are told already.
  private var told: Set<String> = []
  private var modes = 0

  /// - Parameter folder: where images and other media are kept that come with the answer.
  init(folder: SessionFolder) {
    media = ACPContentStore(folder: folder)
  }

  /// Takes an update, and returns what it adds.
  mutating func take(_ update: JSON) -> [ResponsePart] {
    switch update["sessionUpdate"]?.string {
    case "agent_message_chunk": return said(update["content"] ?? .null)
    case "agent_thought_chunk":
      guard let thought = update["content"]?["text"]?.string else { break }
      return [.thought(thought)]
    case "tool_call", "tool_call_update":
      hasWorked = true
      return step(calls.merge(update), id: ToolCallTracker.id(in: update) ?? "")
    case "plan": return [.plan(Self.plan(update["entries"]))]
    // The newer form, which may be of other types: only a list of entries can be shown as one.
    case "plan_update": if let entries = update["plan"]?["entries"] { return [.plan(Self.plan(entries))] }
    case "current_mode_update":
      guard let mode = update["currentModeId"]?.string else { break }
      modes += 1
      return [.step(AgentStep(id: "mode \(modes)", title: Self.shown("mode: \(mode)"), state: .done))]
    default: break
    }
    return [.alive]
  }

  /// The next prompt of the same turn is being answered.
  mutating func goOn() { hasWorked = true }

  private mutating func said(_ content: JSON) -> [ResponsePart] {
    if content["type"]?.string == "text" {
      guard let text = content["text"]?.string, !text.isEmpty else { return [.alive] }
      defer { (hasText, hasWorked) = (true, false) }
      return [.text(hasText && hasWorked ? "\n\n\(text)" : text)]
    }
    return [media.part(of: content)]
  }

  private mutating func step(_ call: ToolCall, id: String) -> [ResponsePart] {
    let state: AgentStep.State =
      switch call.status {
      case "completed": .done
      case "failed": .failed
      default: .running
      }
    let title = Self.shown(call.title)
    let step = AgentStep(id: id, title: title.isEmpty ? "use a tool" : title, state: state)
    guard state == .done, told.count < Limits.acpToolCallsMax, told.insert(id).inserted else { return [.step(step)] }
    // What a tool read is for the agent; what it changed, drew or spoke is for people, too.
    let shown = call.content.compactMap { $0["type"]?.string == "content" ? $0["content"] : nil }
      .filter { ["image", "audio"].contains($0["type"]?.string) }
    return [.step(step)] + call.diffs.map { .diff($0) } + shown.map { media.part(of: $0) }
  }

  /// Returns as much of a title as people are shown: a whole one may be as long as a line of the dialogue.
  private static func shown(_ title: String) -> String { title.singleLine(atMost: Limits.stepScalarsShown) }

  private static func plan(_ entries: JSON?) -> [AgentPlanEntry] {
    (entries?.elements ?? []).map { entry in
      AgentPlanEntry(
        text: entry["content"]?.string ?? "",
        state: entry["status"]?.string.flatMap(AgentPlanEntry.State.init) ?? .pending)
    }
  }
}

/// How an answer ends, which may be to several prompts.
struct PromptResult {
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
  var parts: [ResponsePart] {
    let told = usage.map { [ResponsePart.usage($0)] } ?? []
    switch reason {
    case "max_tokens", "max_turn_requests": return told + [.truncated(.agentLimit)]
    case "refusal": return told + [.truncated(.filtered)]
    default: return told
    }
  }
}
