import RuleEngine

/// Parses the body of a successful response: a stream of events, or one JSON value from an endpoint that does not
/// stream.
struct ChatBodyParser<Format: ChatWireFormat> {
  private enum Shape {
    case events, value
  }

  private(set) var response: ChatResponse
  private var parser = EventStreamParser()
  private var shape: Shape?
  /// The bytes before the shape is known, or the value so far.
  private var buffer: [UInt8] = []
  /// The number of events that are not JSON objects, such as keep-alive messages.
  private var unreadEvents = 0
  private let secret: String?

  /// Creates a parser. Of the content type, only HTML's counts: many endpoints send a wrong one.
  init(contentType: String?, reasoning: ReasoningPolicy = .hide, hiding secret: String?) throws(ChatFailure) {
    if let contentType, contentType.lowercased().hasPrefix("text/html") {
      throw ChatFailure(code: .notAnEndpoint, detail: "the body is HTML")
    }
    self.secret = secret
    response = ChatResponse(finishReasonKey: Format.finishReasonKey, reasoning: reasoning, hiding: secret)
  }

  /// True if the endpoint has said that the response is complete.
  var isDone: Bool { response.isDone }

  /// Parses the next bytes, and returns the parts that they complete.
  mutating func parse(_ bytes: [UInt8]) throws(ChatFailure) -> [ResponsePart] {
    buffer += bytes
    if shape == nil { shape = try detectShape() }
    switch shape {
    case .events:
      defer { buffer.removeAll(keepingCapacity: true) }
      return try read(buffer)
    case .value:
      guard buffer.count <= Limits.wholeAnswerBytesMax else {
        throw ChatFailure(
          code: .tooMuch, detail: "a response that is not streamed exceeds \(Limits.wholeAnswerBytesMax) bytes")
      }
    case nil: break
    }
    return []
  }

  /// Ends the body, and returns the parts that were held back. Throws if the response is not complete.
  mutating func end() throws(ChatFailure) -> [ResponsePart] {
    var parts: [ResponsePart] = []
    switch shape {
    case .events:
      do {
        if let event = try parser.end(), !response.isDone { parts = try read(last: event) }
      } catch let fault as ChatFailure {
        throw fault
      } catch {
        throw Self.tooLong
      }
    case .value: parts = try readWhole()
    case nil: break
    }
    if response.isEmpty, unreadEvents > 0 {
      throw ChatFailure(code: .notAnEndpoint, detail: "none of \(unreadEvents) events is a JSON object")
    }
    return try parts + response.finish()
  }

  /// Returns the shape by the first byte that is not blank, or `nil` if there is none yet.
  private func detectShape() throws(ChatFailure) -> Shape? {
    let mark = EventStreamParser.byteOrderMark
    if mark.starts(with: buffer) { return nil }
    let body = buffer.starts(with: mark) ? buffer.dropFirst(mark.count) : buffer[...]
    guard let first = body.first(where: { !" \t\r\n".utf8.contains($0) }) else {
      guard buffer.count < Limits.streamLineBytesMax else {
        throw ChatFailure(code: .notAnEndpoint, detail: "the body is blank")
      }
      return nil
    }
    if first == UInt8(ascii: "<") { throw ChatFailure(code: .notAnEndpoint, detail: "the body is HTML") }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .value : .events
  }

  private static var tooLong: ChatFailure {
    ChatFailure(code: .tooMuch, detail: "an event exceeds \(Limits.streamLineBytesMax) bytes")
  }

  private mutating func read(_ bytes: [UInt8]) throws(ChatFailure) -> [ResponsePart] {
    var parts: [ResponsePart] = []
    let events: [ServerSentEvent]
    do {
      events = try parser.parse(bytes)
    } catch {
      throw Self.tooLong
    }
    for event in events where !response.isDone { parts += try read(event) }
    return parts
  }

  private mutating func read(_ event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    if let json = try? LenientJSON(event.data) { return try read(json, of: event) }
    // If an endpoint leaves out the blank lines, several events arrive as one.
    let lines = event.data.split(whereSeparator: \.isNewline)
    if lines.count > 1 {
      var parts: [ResponsePart] = []
      for line in lines where !response.isDone {
        parts += try read(ServerSentEvent(name: event.name, data: String(line)))
      }
      return parts
    }
    return try readUnread(event)
  }

  /// Reads an event that no blank line ended. If its last line is cut, it is ignored.
  private mutating func read(last event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    if let json = try? LenientJSON(event.data) { return try read(json, of: event) }
    var lines = event.data.split(whereSeparator: \.isNewline).map(String.init)
    if let last = lines.last, (try? LenientJSON(last)) == nil, last.trimmed != Self.done { lines.removeLast() }
    if lines.isEmpty { return [] }
    return try read(ServerSentEvent(name: event.name, data: lines.joined(separator: "\n")))
  }

  private mutating func read(_ json: LenientJSON, of event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    let isError = event.name == "error"
    if json.map != nil {
      var event = Format.event(json)
      if isError, event.error == nil { event.error = EndpointError(messageOf: json) ?? EndpointError() }
      return try response.add(event)
    }
    if isError || json.list != nil,
      let error = EndpointError(body: json) ?? json.nonEmptyString.map({ EndpointError(message: $0) })
    {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    unreadEvents += 1
    return []
  }

  /// Reads an event that is not JSON.
  private mutating func readUnread(_ event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    let data = event.data.trimmed
    if data == Self.done {
      response.end()
    } else if event.name == "error" {
      let error = EndpointError(message: String(data))
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    } else if data.first == "{" || data.first == "[" {
      // A part of the response that cannot be read must not be missing without a notice.
      throw ChatFailure(
        code: response.isEmpty ? .notAnEndpoint : .cutOff,
        detail: "an event of \(event.data.utf8.count) bytes is not a JSON object")
    } else if !data.isEmpty {
      unreadEvents += 1
    }
    return []
  }

  private mutating func readWhole() throws(ChatFailure) -> [ResponsePart] {
    guard let json = try? LenientJSON(String(decoding: buffer, as: UTF8.self)) else {
      throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(buffer.count) bytes is not a JSON object")
    }
    if json.map != nil {
      let event = Format.event(json)
      guard !event.isEmpty else {
        throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(buffer.count) bytes holds no response")
      }
      let parts = try response.add(event)
      response.end()
      return parts
    }
    if let error = EndpointError(body: json) {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(buffer.count) bytes is not a JSON object")
  }

  /// The data of the last event of OpenAI's streams.
  private static var done: String { "[DONE]" }
}

extension String {
  fileprivate var trimmed: Substring {
    let rest = drop(while: \.isWhitespace)
    return rest.lastIndex { !$0.isWhitespace }.map { rest[...$0] } ?? ""
  }
}
