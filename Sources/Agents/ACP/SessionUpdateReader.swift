import Core
import Synchronization

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

/// Receives an agent's notifications: passes updates of the prompt that is being answered to its response, and records
/// what sessions announce. Updates outside of prompts, for example while a session is loaded, are ignored.
final class SessionUpdateReceiver: Sendable {
  private struct Prompt {
    var reader: SessionUpdateReader
    let session: String
    let response: ResponseWriter
  }

  private let prompt = Mutex<Prompt?>(nil)
  /// By session. Agents announce their controls at any time.
  private let controls = Mutex<[String: ACPControls]>([:])

  /// Begins to pass on the updates of a session.
  ///
  /// - Parameter folder: the folder for files of the response.
  func begin(in session: String, _ response: ResponseWriter, folder: SessionFolder) {
    prompt.withLock { $0 = Prompt(reader: SessionUpdateReader(folder: folder), session: session, response: response) }
  }

  /// Continues with the next prompt of the same response.
  func beginNextPrompt() { prompt.withLock { $0?.reader.beginNextPrompt() } }

  func end() { prompt.withLock { $0 = nil } }

  /// Handles a notification. The parts are written under the lock, so that they keep the order of the notifications.
  func receive(_ method: String, _ params: JSON) {
    guard method == "session/update", let update = params["update"] else { return }
    if let session = params["sessionId"]?.string { updateControls(of: session) { _ = $0.read(update: update) } }
    prompt.withLock { prompt in
      guard params["sessionId"]?.string == prompt?.session else { return }
      let parts = prompt?.reader.read(update) ?? []
      if parts.isEmpty { prompt?.response.keepAlive() }
      for part in parts { prompt?.response.write(part) }
    }
  }

  func controls(of session: String) -> ACPControls { controls.withLock { $0[session] ?? ACPControls() } }

  /// Changes the controls of a session. Those of the last few sessions are stored: a program has one, and another after
  /// a retry.
  func updateControls(of session: String, _ change: (inout ACPControls) -> Void) {
    controls.withLock { all in
      var controls = all[session] ?? ACPControls()
      change(&controls)
      guard controls != ACPControls() else { return }
      if all[session] == nil, all.count >= Limits.acpOfferingSessionsMax { all = [:] }
      all[session] = controls
    }
  }

  /// Returns the tool call that a request is about.
  ///
  /// - Returns: `nil` if no prompt of the session is being answered; `nil` inside as `ToolCallTracker.call(of:)` does.
  func toolCall(of request: JSON, in session: String?) -> ToolCall?? {
    prompt.withLock { prompt in
      guard let prompt, prompt.session == session else { return nil }
      return .some(prompt.reader.toolCalls.call(of: request))
    }
  }

  /// Waits for people. The agent's `idle` does not run meanwhile.
  func waitForPeople<Value: Sendable>(_ operation: () async -> Value) async -> Value {
    guard let response = prompt.withLock({ $0?.response }) else { return await operation() }
    return await response.withoutIdleLimit(operation)
  }
}
