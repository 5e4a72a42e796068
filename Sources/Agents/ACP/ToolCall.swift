import Core

/// A tool call as the agent has described it so far.
///
/// Specification: https://agentclientprotocol.com/protocol/tool-calls
struct ToolCall: Equatable {
  private(set) var title = ""
  private(set) var status = ""
  private(set) var rawInput: JSON = .null
  private(set) var content: [JSON] = []
  private(set) var locations: [JSON] = []

  /// Replaces the fields that an update has. Empty ones replace nothing: agents repeat calls without their input, which
  /// must not hide what people were shown.
  mutating func merge(_ update: JSON) {
    if let title = update["title"]?.string, !title.isEmpty { self.title = title }
    if let status = update["status"]?.string { self.status = status }
    if let input = update["rawInput"], input != .null, input != [:] { rawInput = input }
    if let content = update["content"]?.elements, !content.isEmpty { self.content = content }
    if let locations = update["locations"]?.elements, !locations.isEmpty { self.locations = locations }
  }

  /// The approximate size in memory.
  fileprivate var bytes: Int {
    title.utf8.count + rawInput.text.utf8.count
      + (content + locations).reduce(0) { $0 + $1.text.utf8.count }
  }
}

/// Tracks the tool calls of a response by their ids: agents describe a call first, and ask for permission by its id
/// alone.
struct ToolCallTracker {
  private struct Known {
    var call = ToolCall()
    var bytes = 0
    /// True if all updates of the call are known.
    var isComplete: Bool
  }

  private var calls: [String: Known] = [:]
  /// The ids, oldest first.
  private var order: [String] = []
  private var bytes = 0
  /// The ids of calls that were evicted.
  private var evicted: Set<String> = []
  /// True if more were evicted than are listed: any call may be one of them.
  private var hasEvictedMore = false

  /// Returns the id of the call that an update or a request is about, or `nil` if it has none or it is too long.
  static func id(in message: JSON) -> String? {
    guard let id = message["toolCallId"]?.string, id.utf8.count <= Limits.acpToolCallIDBytesMax else { return nil }
    return id
  }

  /// Merges an update, and returns the call.
  mutating func merge(_ update: JSON) -> ToolCall {
    guard let id = Self.id(in: update) else { return ToolCall().merging(update) }
    if calls[id] == nil { order.append(id) }
    var known = calls[id] ?? Known(isComplete: isWhole(update, of: id))
    known.call.merge(update)
    bytes -= known.bytes
    known.bytes = known.call.bytes
    bytes += known.bytes
    calls[id] = known
    evictOldest()
    return known.call
  }

  /// Returns the call that a request is about, with the request's fields merged, or `nil` if earlier updates of it may
  /// have been evicted.
  func call(of request: JSON) -> ToolCall? {
    guard let id = Self.id(in: request) else {
      return request["toolCallId"]?.string == nil && evicted.isEmpty ? ToolCall().merging(request) : nil
    }
    guard let known = calls[id] else {
      return evicted.contains(id) || hasEvictedMore ? nil : ToolCall().merging(request)
    }
    return known.isComplete ? known.call.merging(request) : nil
  }

  /// Returns whether an update with an unknown id begins its call.
  private func isWhole(_ update: JSON, of id: String) -> Bool {
    !evicted.contains(id) && (!hasEvictedMore || update["sessionUpdate"]?.string == "tool_call")
  }

  private mutating func evictOldest() {
    while order.count > Limits.acpToolCallsMax || bytes > Limits.acpToolCallBytesMax, !order.isEmpty {
      let id = order.removeFirst()
      bytes -= calls.removeValue(forKey: id)?.bytes ?? 0
      if evicted.count < Limits.acpForgottenToolCallsMax || evicted.contains(id) {
        evicted.insert(id)
      } else {
        hasEvictedMore = true
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

extension ToolCall {
  /// Everything but the title, for people who decide on the call: locations, content and the tool's input.
  var details: [PermissionRequest.Detail] {
    let paths = locations.map { location in
      let line = location["line"]?.int.map { ":\($0)" } ?? ""
      return (location["path"]?.string ?? location.text) + line
    }
    let input: String? = if case .null = rawInput { nil } else { rawInput.sorted.lines }
    return [paths.isEmpty ? nil : PermissionRequest.Detail(paths.joined(separator: "\n"))].compactMap(\.self)
      + content.map(Self.detail) + [input.map { PermissionRequest.Detail(String($0.dropLast())) }].compactMap(\.self)
  }

  /// Its changes of files as unified diffs.
  var diffs: [String] { content.compactMap(Self.diff) }

  private static func detail(of item: JSON) -> PermissionRequest.Detail {
    if let diff = diff(of: item) { return PermissionRequest.Detail(diff, isDiff: true) }
    guard item["type"]?.string == "content", let block = item["content"] else {
      return PermissionRequest.Detail(item.sorted.text)
    }
    if let text = block["text"]?.string ?? block["resource"]?["text"]?.string { return PermissionRequest.Detail(text) }
    // An image is only mentioned: it has no effect.
    guard let data = block["data"]?.string ?? block["resource"]?["blob"]?.string else {
      return PermissionRequest.Detail(block.sorted.text)
    }
    let type = block["mimeType"]?.string ?? block["resource"]?["mimeType"]?.string ?? "a file"
    return PermissionRequest.Detail("[\(type), \(data.utf8.count) characters of base64]")
  }

  private static func diff(of item: JSON) -> String? {
    guard item["type"]?.string == "diff" else { return nil }
    let path = item["path"]?.string ?? ""
    let diff = UnifiedDiff(
      path: path.isEmpty ? "file" : path, old: item["oldText"]?.string, new: item["newText"]?.string ?? "")
    return (diff.header + (diff.hunks.isEmpty ? ["(no change)"] : diff.hunks)).joined(separator: "\n")
  }
}
