/// What one HTTP server accepts at most.
package struct HTTPServerLimits: Sendable {
  /// Open connections. Beyond it, the one that has been idle longest is closed for the new one.
  package var connectionsMax: Int
  /// Bytes of a request's line and headers.
  package var headBytesMax: Int
  /// Bytes of a request's body.
  package var bodyBytesMax: Int
  /// How long a client may take to send a whole request, and so how long a connection may be idle.
  package var requestTime: Duration
  /// How long an answer may take, until the client has it. A WebSocket lasts as long as either side wants.
  package var answerTime: Duration

  /// Creates bounds.
  package init(
    connectionsMax: Int, headBytesMax: Int, bodyBytesMax: Int, requestTime: Duration, answerTime: Duration
  ) {
    self.connectionsMax = connectionsMax
    self.headBytesMax = headBytesMax
    self.bodyBytesMax = bodyBytesMax
    self.requestTime = requestTime
    self.answerTime = answerTime
  }
}
