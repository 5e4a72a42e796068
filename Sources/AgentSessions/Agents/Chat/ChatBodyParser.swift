import RuleEngine

/// The body of a successful response: a stream of events, or one JSON value from an endpoint that does not stream.
struct ChatBodyParser<Answer: ChatEventReader> {
  private enum Shape {
    case events, value
  }

  private var answer: ChatResponse
  private var parser = EventStreamParser()
  private var shape: Shape?
  /// What came before the shape was known, or the value as far as it has come.
  private var held: [UInt8] = []
  /// How many events were not JSON objects, such as signs of life that are no comments.
  private var unreadEvents = 0
  private let secret: String?

  /// Begins to read a body. Its content type counts only if it is HTML's: many endpoints name the wrong one.
  init(contentType: String?, reasoning: ReasoningPolicy = .hide, hiding secret: String?) throws(ChatFailure) {
    if let contentType, contentType.lowercased().hasPrefix("text/html") {
      throw ChatFailure(code: .notAnEndpoint, detail: "the body is HTML")
    }
    self.secret = secret
    answer = ChatResponse(reasonKey: Answer.reasonKey, reasoning: reasoning, hiding: secret)
  }

  /// Whether the endpoint has said that nothing more follows.
  var isDone: Bool { answer.isDone }

  /// Takes the next bytes, and returns what they add to the answer.
  mutating func take(_ bytes: [UInt8]) throws(ChatFailure) -> [ResponsePart] {
    held += bytes
    if shape == nil { shape = try foundShape() }
    switch shape {
    case .events:
      defer { held.removeAll(keepingCapacity: true) }
      return try read(held)
    case .value:
      guard held.count <= Limits.wholeAnswerBytesMax else {
        throw ChatFailure(
          code: .tooMuch, detail: "an answer that is not streamed is over \(Limits.wholeAnswerBytesMax) bytes")
      }
    case nil: break
    }
    return []
  }

  /// Ends the body: returns what was held back, and throws if the answer is not whole.
  mutating func end() throws(ChatFailure) -> [ResponsePart] {
    var parts: [ResponsePart] = []
    switch shape {
    case .events:
      do {
        if let event = try parser.end(), !answer.isDone { parts = try read(last: event) }
      } catch let fault as ChatFailure {
        throw fault
      } catch {
        throw Self.tooLong
      }
    case .value: parts = try readWhole()
    case nil: break
    }
    if answer.isEmpty, unreadEvents > 0 {
      throw ChatFailure(code: .notAnEndpoint, detail: "none of \(unreadEvents) events is a JSON object")
    }
    return try parts + answer.finish()
  }

  /// What the body is, by its first byte that is not blank; `nil` if there is none yet.
  private func foundShape() throws(ChatFailure) -> Shape? {
    let mark = EventStreamParser.byteOrderMark
    if mark.starts(with: held) { return nil }
    let body = held.starts(with: mark) ? held.dropFirst(mark.count) : held[...]
    guard let first = body.first(where: { !" \t\r\n".utf8.contains($0) }) else {
      guard held.count < Limits.streamLineBytesMax else {
        throw ChatFailure(code: .notAnEndpoint, detail: "the body is blank")
      }
      return nil
    }
    if first == UInt8(ascii: "<") { throw ChatFailure(code: .notAnEndpoint, detail: "the body is HTML") }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .value : .events
  }

  private static var tooLong: ChatFailure {
    ChatFailure(code: .tooMuch, detail: "an event is over \(Limits.streamLineBytesMax) bytes")
  }

  private mutating func read(_ bytes: [UInt8]) throws(ChatFailure) -> [ResponsePart] {
    var parts: [ResponsePart] = []
    let events: [ServerSentEvent]
    do {
      events = try parser.feed(bytes)
    } catch {
      throw Self.tooLong
    }
    for event in events where !answer.isDone { parts += try read(event) }
    return parts
  }

  private mutating func read(_ event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    if let json = try? LenientJSON(event.data) { return try read(json, of: event) }
    // An endpoint that leaves the blank lines out makes one event of several.
    let lines = event.data.split(whereSeparator: \.isNewline)
    if lines.count > 1 {
      var parts: [ResponsePart] = []
      for line in lines where !answer.isDone {
        parts += try read(ServerSentEvent(name: event.name, data: String(line)))
      }
      return parts
    }
    return try readUnread(event)
  }

  /// Reads an event that no blank line ended. Its last line may be half of one, which says nothing.
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
      var said = Answer.event(json)
      if isError, said.error == nil { said.error = EndpointError(wordsOf: json) ?? EndpointError() }
      return try answer.take(said)
    }
    if isError || json.list != nil,
      let error = EndpointError(body: json) ?? json.words.map({ EndpointError(message: $0) })
    {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    unreadEvents += 1
    return []
  }

  /// Takes an event that is not JSON.
  private mutating func readUnread(_ event: ServerSentEvent) throws(ChatFailure) -> [ResponsePart] {
    let data = event.data.trimmed
    if data == Self.done {
      answer.end()
    } else if event.name == "error" {
      let error = EndpointError(message: String(data))
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    } else if data.first == "{" || data.first == "[" {
      // What is a part of the answer and cannot be read must not be missing from it silently.
      throw ChatFailure(
        code: answer.isEmpty ? .notAnEndpoint : .cutOff,
        detail: "an event of \(event.data.utf8.count) bytes is not a JSON object")
    } else if !data.isEmpty {
      unreadEvents += 1
    }
    return []
  }

  private mutating func readWhole() throws(ChatFailure) -> [ResponsePart] {
    guard let json = try? LenientJSON(String(decoding: held, as: UTF8.self)) else {
      throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(held.count) bytes is not a JSON object")
    }
    if json.map != nil {
      let event = Answer.event(json)
      guard !event.isEmpty else {
        throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(held.count) bytes holds no answer")
      }
      let parts = try answer.take(event)
      answer.end()
      return parts
    }
    if let error = EndpointError(body: json) {
      throw ChatFailure(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    throw ChatFailure(code: .notAnEndpoint, detail: "a body of \(held.count) bytes is not a JSON object")
  }

  /// The data that ends OpenAI's streams.
  private static var done: String { "[DONE]" }
}

extension String {
  fileprivate var trimmed: Substring {
    let rest = drop(while: \.isWhitespace)
    return rest.lastIndex { !$0.isWhitespace }.map { rest[...$0] } ?? ""
  }
}
