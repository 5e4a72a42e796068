/// Messages that have come in and were not yet asked for.
struct MessageQueue {
  private var messages: ArraySlice<WebSocketMessage> = []
  private var bytes = 0

  var isEmpty: Bool { messages.isEmpty }

  /// Whether the socket should be left unread until the reader has caught up.
  var isFull: Bool { messages.count >= Limits.inboxMessagesMax || bytes >= Limits.inboxBytesMax }

  mutating func append(_ message: WebSocketMessage) {
    messages.append(message)
    bytes += Self.size(of: message)
  }

  /// The first messages, as many as there are.
  mutating func take(atMost count: Int) -> [WebSocketMessage] {
    let taken = Array(messages.prefix(count))
    messages = messages.dropFirst(taken.count)
    for message in taken { bytes -= Self.size(of: message) }
    return taken
  }

  private static func size(of message: WebSocketMessage) -> Int {
    switch message {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    case .pong: 0
    }
  }
}
