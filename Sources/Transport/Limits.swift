/// The limits of this target. They bound the memory that a peer can make the process use.
enum Limits {
  /// Bytes of all response headers. Real responses stay below 8 KiB; curl itself rejects a line over 100 KiB.
  static let headerBytesMax = 64 * 1024

  /// The largest delay that is read from the headers of a response, in seconds.
  static let retryAfterSecondsMax = 1e6

  /// Unread bytes of a streamed body at which the connection is paused. curl delivers at most 16 KiB at a time, so this
  /// keeps a fast stream flowing and costs little per stream.
  static let streamBytesBuffered = 256 * 1024

  /// Idle connections kept for reuse, over all hosts. One Mattermost server and a few agents need no more.
  static let idleConnectionsMax: Int = 16

  /// Connections of all kinds at once; further ones wait.
  static let connectionsMax = 1_024

  /// Half of the files that the process may open, so that files, child processes and the store get the rest.
  static func connectionsMax(descriptors: UInt) -> Int { max(2, min(connectionsMax, Int(clamping: descriptors / 2))) }

  /// Time to resolve, connect and set up TLS, for transfers without a time limit.
  static let connectTime = Duration.seconds(30)

  /// The longest sleep of the curl thread. Every event wakes it earlier; this bounds the damage of a lost wake-up.
  static let pollTimeMax = Duration.seconds(60)

  /// Jobs of the network thread before curl starts the requests that they have added, and due timers run.
  static let workPerAdvance = 64

  /// Jobs of the network thread before the sockets get their turn: a few milliseconds of work.
  static let workPerTurn = 1_024

  // MARK: WebSocket

  /// Bytes of one message, all fragments together. A Mattermost post has at most 64 KiB, an event with many attachments
  /// a few MiB.
  static let messageBytesMax = 16 * 1024 * 1024

  /// Unread messages, and their bytes, at which the socket is no longer read. They are exceeded by one message, or by
  /// the messages of the 4 KiB that wslay reads at a time.
  static let inboxMessagesMax = 256
  static let inboxBytesMax = 1024 * 1024

  /// Messages that a reader receives at once, so that they are fewer than those that may wait.
  static let batchMessagesMax = 64

  /// Unsent messages, and their bytes, at which the connection counts as lost. Ours are a few hundred bytes each.
  static let outboxBytesMax = 1024 * 1024
  static let outboxMessagesMax = 1024

  /// Unsent frames at which the socket is no longer read: every ping of the peer adds a pong.
  static let outboxFramesMax = 64

  /// Bytes read from one WebSocket before the other transfers get their turn.
  static let bytesPerTurn = 1024 * 1024

  /// Bytes read from curl at a time: some dozens of posts. TLS has at most 16 KiB in a record.
  static let receiveBufferBytes = 64 * 1024

  /// Bytes passed to curl at a time.
  static let sendBufferBytes = 16 * 1024

  /// Bytes of the body of a refused upgrade: enough to show what it is.
  static let refusalBytesMax = 1024

  /// Time to receive that body, after its headers.
  static let refusalTime = Duration.seconds(2)

  /// Time for the peer to answer a close frame (RFC 6455, section 7.1.1) before the connection is closed.
  static let closeTime = Duration.seconds(1)
}
