import Core

/// A tool call as an agent has described it so far. Each update replaces the fields that it has.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls
struct ToolCall: Equatable {
  private(set) var title = ""
  private(set) var status = ""
  private(set) var rawInput: JSON = .null
  private(set) var content: [JSON] = []
  private(set) var locations: [JSON] = []

  /// Takes the fields that an update has. An empty one replaces nothing: agents repeat calls without their input, and what
  /// was shown of a call must not vanish by that.
  mutating func merge(_ update: JSON) {
    if let title = update["title"]?.string, !title.isEmpty { self.title = title }
    if let status = update["status"]?.string { self.status = status }
    if let input = update["rawInput"], input != .null, input != [:] { rawInput = input }
    if let content = update["content"]?.elements, !content.isEmpty { self.content = content }
    if let locations = update["locations"]?.elements, !locations.isEmpty { self.locations = locations }
  }

  /// About how much memory it takes.
  fileprivate var bytes: Int {
    title.utf8.count + rawInput.text.utf8.count
      + (content + locations).reduce(0) { $0 + $1.text.utf8.count }
  }
}

/// The tool calls of a turn, by their ids: agents describe a call first and ask for permission by its id alone.
struct ToolCallTracker {
  private struct Known {
    var call = ToolCall()
    var bytes = 0
    /// Whether the agent has told all of it since it is known.
    var isComplete: Bool
  }

  private var calls: [String: Known] = [:]
  /// Their ids, oldest first.
  private var order: [String] = []
  private var bytes = 0
  /// The ids of calls of which something is not known any more.
  private var forgotten: Set<String> = []
  /// Whether there are more of them: any call may be one.
  private var hasForgottenMore = false

  /// Returns the id of the call that an update or a request is about; `nil` if it has none, or one that is too long.
  static func id(in message: JSON) -> String? {
    guard let id = message["toolCallId"]?.string, id.utf8.count <= Limits.acpToolCallIDBytesMax else { return nil }
    return id
  }

  /// Takes what an agent says of a call, and returns all that is known of it.
  mutating func merge(_ update: JSON) -> ToolCall {
    guard let id = Self.id(in: update) else { return ToolCall().merging(update) }
    if calls[id] == nil { order.append(id) }
    var known = calls[id] ?? Known(isComplete: isWhole(update, of: id))
    known.call.merge(update)
    bytes -= known.bytes
    known.bytes = known.call.bytes
    bytes += known.bytes
    calls[id] = known
    forgetOldest()
    return known.call
  }

  /// Returns the call that a request is about, the request's own fields over what was told before; `nil` if something
  /// that was told before may not be known any more.
  func call(of request: JSON) -> ToolCall? {
    guard let id = Self.id(in: request) else {
      return request["toolCallId"]?.string == nil && forgotten.isEmpty ? ToolCall().merging(request) : nil
    }
    guard let known = calls[id] else {
      return forgotten.contains(id) || hasForgottenMore ? nil : ToolCall().merging(request)
    }
    return known.isComplete ? known.call.merging(request) : nil
  }

  /// Returns whether the first update that is known of a call is the first that the agent has told.
  private func isWhole(_ update: JSON, of id: String) -> Bool {
    !forgotten.contains(id) && (!hasForgottenMore || update["sessionUpdate"]?.string == "tool_call")
  }

  private mutating func forgetOldest() {
    while order.count > Limits.acpToolCallsMax || bytes > Limits.acpToolCallBytesMax, !order.isEmpty {
      let id = order.removeFirst()
      bytes -= calls.removeValue(forKey: id)?.bytes ?? 0
      if forgotten.count < Limits.acpForgottenToolCallsMax || forgotten.contains(id) {
        forgotten.insert(id)
      } else {
        hasForgottenMore = true
      }
    }
  }
}

extension ToolCall {
  fileprivate func merging(_ update: JSON) -> ToolCall {
    var call = self
    call.merge(update)
    return call
  }
}
