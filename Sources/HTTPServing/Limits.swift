/// The limits that all servers share. Those of a single server are `HTTPServerLimits`.
enum Limits {
  /// Time in which the rest of a refused request is read and discarded. Otherwise a client that is still sending would
  /// receive a connection reset instead of the response (RFC 9112, section 9.6).
  static let lingerTime: Duration = .seconds(2)

  /// Bytes of a refused request that are read and discarded.
  static let lingerBytesMax = 16 * 1024 * 1024

  /// The first and the longest pause after the system could not accept a connection.
  static let acceptPauseFirst: Duration = .milliseconds(10)
  static let acceptPauseMax: Duration = .seconds(1)

  /// Time without a failure after which accepting has recovered, so that a flood does not fill the log.
  static let acceptCalm: Duration = .seconds(60)

  /// The first and the longest pause before a listener that ended is restarted.
  static let restartPauseFirst: Duration = .seconds(1)
  static let restartPauseMax: Duration = .seconds(60)

  /// Time between two log messages about connections that are closed for new ones.
  static let shedNoticePause: Duration = .seconds(60)

  /// Connections that the system completes before they are accepted. In a flood, a client whose connection exceeds it
  /// tries again after a second.
  static let backlog: Int32 = 1_024

  /// Connections accepted before the open ones are served.
  static let acceptsAtOnce: UInt = 16

  /// Frames of a stream passed to the event loop before waiting for one to be sent.
  static let framesOnTheWayMax = 64

  /// File descriptors that must be free: SwiftNIO ends the process if its event loop cannot open three, and the
  /// listener needs one.
  static let descriptorsNeeded = 8
}
