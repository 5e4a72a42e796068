/// An event of a `text/event-stream`.
struct ServerSentEvent: Equatable {
  /// Its `event` field. Some endpoints mark errors only here, with `error`.
  var name: String?
  var data: String
}

/// Parses a `text/event-stream` incrementally.
///
/// Follows the HTML Living Standard, section 9.2.6: lines end with CRLF, LF or CR, a line that begins with a colon is a
/// comment, the `data` lines of an event are joined by LF, a blank line ends the event. Ids and retry times have no
/// meaning for chat endpoints and are ignored.
struct EventStreamParser {
  /// A line, or an event's data, exceeds `Limits.streamLineBytesMax`.
  struct TooLong: Error {}

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let (lf, cr, space, colon) = (UInt8(0x0A), UInt8(0x0D), UInt8(0x20), UInt8(0x3A))

  /// The line so far. Only complete lines are decoded, so that no character is cut.
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var name: String?
  private var isFirstLine = true
  private var lastWasCR = false

  /// Parses the next bytes, and returns the events that they complete.
  mutating func parse(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for byte in bytes {
      defer { lastWasCR = byte == Self.cr }
      if byte == Self.lf, lastWasCR { continue }
      guard byte == Self.lf || byte == Self.cr else {
        guard line.count < Limits.streamLineBytesMax else { throw TooLong() }
        line.append(byte)
        continue
      }
      if let event = try endLine() { events.append(event) }
    }
    return events
  }

  /// Ends the stream, and returns the event that no blank line ended, or `nil`. The standard discards it, but some
  /// endpoints leave out the last blank line.
  mutating func end() throws(TooLong) -> ServerSentEvent? {
    if let event = try endLine() { return event }
    return endEvent()
  }

  private mutating func endLine() throws(TooLong) -> ServerSentEvent? {
    if isFirstLine, line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
    isFirstLine = false
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty { return endEvent() }
    let field = line.prefix { $0 != Self.colon }
    var value = line[field.endIndex...].dropFirst()
    if value.first == Self.space { value = value.dropFirst() }
    if field.elementsEqual("event".utf8) { name = String(decoding: value, as: UTF8.self) }
    guard field.elementsEqual("data".utf8) else { return nil }
    guard data.count + value.count < Limits.streamLineBytesMax else { throw TooLong() }
    data.append(contentsOf: value)
    data.append(Self.lf)
    return nil
  }

  private mutating func endEvent() -> ServerSentEvent? {
    defer {
      name = nil
      data.removeAll(keepingCapacity: true)
    }
    guard !data.isEmpty else { return nil }
    return ServerSentEvent(name: name, data: String(decoding: data.dropLast(), as: UTF8.self))
  }
}
