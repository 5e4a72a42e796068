/// Bounds of every HTTP server, each with its reason; those that differ are `HTTPServerBounds`.
enum Limits {
  /// How long the rest of a refused request is read and dropped: a client that is still sending would otherwise get a reset
  /// connection instead of the answer (RFC 9112, section 9.6).
  static let lingerTime: Duration = .seconds(2)

  /// Bytes of a refused request that are read and dropped.
  static let lingerBytesMax = 16 * 1024 * 1024

  /// The first and the longest pause before the system is asked for connections again after it refused one.
  static let acceptPauseFirst: Duration = .milliseconds(10)
  static let acceptPauseMax: Duration = .seconds(1)

  /// How long nothing may fail before accepting counts as going well again: in a flood, the log is not told of each turn.
  static let acceptCalm: Duration = .seconds(60)

  /// The first and the longest pause before a listener that ended is started again.
  static let restartPauseFirst: Duration = .seconds(1)
  static let restartPauseMax: Duration = .seconds(60)

  /// How often at most the log says that idle connections are closed for new ones.
  static let shedNoticePause: Duration = .seconds(60)

  /// Connections that the system completes before they are accepted. In a flood, one that finds no room here waits a second
  /// for its next try.
  static let backlog: Int32 = 1_024

  /// Connections accepted before those that are open are served.
  static let acceptsAtOnce: UInt = 16

  /// Frames of a stream that are handed to the event loop before one is waited for.
  static let framesOnTheWayMax = 64

  /// Descriptors that must be free to start: SwiftNIO ends the process if its event loop cannot have its three, and the
  /// listener needs one.
  static let descriptorsNeeded = 8
}
