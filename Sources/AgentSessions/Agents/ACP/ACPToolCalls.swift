import Vocabulary

/// A tool call as an agent has described it so far. Each update replaces the fields that it has.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls
struct ACPToolCall: Equatable {
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

  /// Whether it says more than its title.
  var hasDetails: Bool { rawInput != .null || !content.isEmpty || !locations.isEmpty }

  /// About how much memory it takes.
  fileprivate var bytes: Int {
    title.utf8.count + rawInput.text.utf8.count
      + (content + locations).reduce(0) { $0 + $1.text.utf8.count }
  }
}

/// The tool calls of a turn, by their ids: agents describe a call first and ask for permission by its id alone.
struct ACPToolCalls {
  private var calls: [String: (call: ACPToolCall, bytes: Int)] = [:]
  /// Their ids, oldest first.
  private var order: [String] = []
  private var bytes = 0
  private var hasForgotten = false

  /// Takes what an agent says of a call, and returns all that is known of it.
  mutating func merge(_ update: JSON) -> ACPToolCall {
    guard let id = update["toolCallId"]?.string else { return ACPToolCall().merging(update) }
    let known = calls[id]
    if known == nil { order.append(id) }
    let call = (known?.call ?? ACPToolCall()).merging(update)
    let size = call.bytes
    bytes += size - (known?.bytes ?? 0)
    calls[id] = (call, size)
    forgetOldest()
    return call
  }

  /// Returns the call that a request is about, the request's own fields over what was told before; `nil` if what was told
  /// before is not known any more and the request itself says no more than a title.
  func call(of request: JSON) -> ACPToolCall? {
    let known = request["toolCallId"]?.string.flatMap { calls[$0]?.call }
    let call = (known ?? ACPToolCall()).merging(request)
    return known == nil && hasForgotten && !call.hasDetails ? nil : call
  }

  private mutating func forgetOldest() {
    while order.count > Limits.acpToolCallsMax || bytes > Limits.acpToolCallBytesMax, !order.isEmpty {
      bytes -= calls.removeValue(forKey: order.removeFirst())?.bytes ?? 0
      hasForgotten = true
    }
  }
}

extension ACPToolCall {
  fileprivate func merging(_ update: JSON) -> ACPToolCall {
    var call = self
    call.merge(update)
    return call
  }
}
