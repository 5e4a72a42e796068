/// Makes parts of an answer of what an endpoint sends: an event's data, or a whole body that was not streamed.
protocol AnswerReader: SendableMetatype {
  /// Begins an answer; `secret` is kept out of every fault.
  init(hiding secret: String?)

  /// Whether the endpoint has said that nothing more follows.
  var isDone: Bool { get }

  /// Takes an event's data, and returns what it adds.
  mutating func take(_ data: String) throws(ChatFault) -> [AgentPart]

  /// Whether the answer is whole, now that the endpoint has nothing more to say.
  func checkWhole() throws(ChatFault)
}
