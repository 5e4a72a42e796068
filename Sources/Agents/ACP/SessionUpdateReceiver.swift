import Core
import Synchronization

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
