/// The body of a successful response: a stream of events, or one JSON object from an endpoint that does not stream.
struct ChatBody<Answer: AnswerReader> {
  private enum Shape {
    case events, object
  }

  private var answer: Answer
  private var parser = EventStreamParser()
  private var shape: Shape?
  /// What came before the shape was known, or the object as far as it has come.
  private var held: [UInt8] = []

  /// Begins to read a body. Its content type counts only where it is HTML's: many endpoints name the wrong one.
  init(contentType: String?, hiding secret: String?) throws(ChatFault) {
    if let contentType, contentType.lowercased().hasPrefix("text/html") {
      throw ChatFault(code: .notAnEndpoint, detail: "the body is HTML")
    }
    answer = Answer(hiding: secret)
  }

  /// Whether the endpoint has said that nothing more follows.
  var isDone: Bool { answer.isDone }

  /// Takes the next bytes, and returns what they add to the answer.
  mutating func take(_ bytes: [UInt8]) throws(ChatFault) -> [AgentPart] {
    held += bytes
    if shape == nil {
      let first = held.first { !" \t\r\n".utf8.contains($0) }
      guard let first else {
        guard held.count < Limits.streamLineBytesMax else {
          throw ChatFault(code: .notAnEndpoint, detail: "the body is blank")
        }
        return []
      }
      if first == UInt8(ascii: "<") { throw ChatFault(code: .notAnEndpoint, detail: "the body is HTML") }
      shape = first == UInt8(ascii: "{") ? .object : .events
    }
    guard shape == .events else { return [] }
    defer { held.removeAll(keepingCapacity: true) }
    var parts: [AgentPart] = []
    do {
      for data in try parser.feed(held) where !answer.isDone { parts += try answer.take(data) }
    } catch let fault as ChatFault {
      throw fault
    } catch {
      throw ChatFault(code: .notAnEndpoint, detail: "an event is longer than \(Limits.streamLineBytesMax) bytes")
    }
    return parts
  }

  /// Ends the body: returns what was held back, and throws where the answer is not whole.
  mutating func end() throws(ChatFault) -> [AgentPart] {
    let parts = shape == .object ? try answer.take(String(decoding: held, as: UTF8.self)) : []
    try answer.checkWhole()
    return parts
  }
}
