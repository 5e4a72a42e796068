/// What the event socket tells: what the server says, and how the connection fares, in one order.
package enum SocketEvent: Sendable, Equatable {
  /// A connection is being made.
  case connecting
  /// The server has greeted us. `isResumed`: events go on where the last connection ended, with none lost.
  case connected(isResumed: Bool)
  /// Events may have been lost since the last one: what is missing has to be read over REST. Comes before the first
  /// event after the gap.
  case gap
  /// The server says something, at this place of the connection's sequence.
  case event(ServerEvent, sequence: Int64?)
  /// A frame could not be used.
  case skipped(WireError)
  /// The connection failed, or could not be made. If the error `needsCure`, the next attempt is unlikely to do better.
  case lost(MattermostError)
  /// The next attempt follows after this.
  case waiting(Duration)
}
