import Core

/// Turns the updates of a session into the parts of a response.
///
/// Specification: https://agentclientprotocol.com/protocol/prompt-turn
struct SessionUpdateReader {
  private(set) var toolCalls = ToolCallTracker()
  private var contents: ACPContentStore
  private var hasText = false
  /// True if the agent has worked since its last text: the next text begins a paragraph.
  private var hasWorked = false
  /// The ids of completed tool calls, whose changes and images are part of the response already.
  private var completed: Set<String> = []
  private var modeChanges = 0

  /// - Parameter folder: the folder for images and other files of the response.
  init(folder: SessionFolder) { contents = ACPContentStore(folder: folder) }

  /// Returns the parts that an update adds; none if it only shows that the agent is at work.
  mutating func read(_ update: JSON) -> [ResponsePart] {
    switch update["sessionUpdate"]?.string {
    case "agent_message_chunk": return message(update["content"] ?? .null)
    case "agent_thought_chunk": return update["content"]?["text"]?.string.map { [.thought($0)] } ?? []
    case "tool_call", "tool_call_update":
      hasWorked = true
      return step(toolCalls.merge(update), id: ToolCallTracker.id(in: update) ?? "")
    case "plan": return [.plan(Self.plan(update["entries"]))]
    // A newer form, with other kinds of plan beside a list of entries.
    case "plan_update": return update["plan"]?["entries"].map { [.plan(Self.plan($0))] } ?? []
    case "current_mode_update":
      guard let mode = update["currentModeId"]?.string else { return [] }
      modeChanges += 1
      return [.step(AgentStep(id: "mode \(modeChanges)", title: Self.title("mode: \(mode)"), state: .done))]
    default: return []
    }
  }

  /// Begins to read the updates of the next prompt of the same response.
  mutating func beginNextPrompt() { hasWorked = true }

  private mutating func message(_ content: JSON) -> [ResponsePart] {
    guard content["type"]?.string == "text" else { return [contents.part(of: content)] }
    guard let text = content["text"]?.string, !text.isEmpty else { return [] }
    defer { (hasText, hasWorked) = (true, false) }
    return [.text(hasText && hasWorked ? "\n\n\(text)" : text)]
  }

  private mutating func step(_ call: ToolCall, id: String) -> [ResponsePart] {
    let state: AgentStep.State =
      switch call.status {
      case "completed": .done
      case "failed": .failed
      default: .running
      }
    let title = Self.title(call.title)
    let step = AgentStep(id: id, title: title.isEmpty ? "use a tool" : title, state: state)
    guard state == .done, completed.count < Limits.acpToolCallsMax, completed.insert(id).inserted else {
      return [.step(step)]
    }
    // Files that a tool reads are for the agent only; those that it changes, draws or records are for people, too.
    let media = call.content.compactMap { $0["type"]?.string == "content" ? $0["content"] : nil }
      .filter { ["image", "audio"].contains($0["type"]?.string) }
    return [.step(step)] + call.diffs.map { .diff($0) } + media.map { contents.part(of: $0) }
  }

  /// Cuts a title, which may be as long as a line of the protocol.
  private static func title(_ title: String) -> String { title.singleLine(atMost: Limits.stepScalarsShown) }

  private static func plan(_ entries: JSON?) -> [AgentPlanEntry] {
    (entries?.elements ?? []).map { entry in
      AgentPlanEntry(
        text: entry["content"]?.string ?? "",
        state: entry["status"]?.string.flatMap(AgentPlanEntry.State.init) ?? .pending)
    }
  }
}
