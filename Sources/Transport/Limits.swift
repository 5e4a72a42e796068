/// Every bound of this room, with the reason for its size. What a peer sends never makes us hold more than these say.
enum Limits {
  /// Response headers, all lines together. Real answers stay below 8 KiB; curl itself refuses a line over 100 KiB.
  static let headerBytesMax = 64 * 1024
  /// Bytes of a streamed body held for a slow reader before the connection is paused. curl hands over at most 16 KiB
  /// at a time, so this keeps a fast stream flowing and costs little per stream.
  static let streamBytesBuffered = 256 * 1024
  /// Idle connections kept for reuse, over all hosts. One Mattermost server and a few agents need no more.
  static let idleConnectionsMax: Int = 16
  /// Connections of all kinds at once: half of the files that the process may have open, so that files, programs and the store
  /// have room as well, and never more than this. What comes beside them waits for one to end.
  static let connectionsMax = 1_024
  static func connectionsMax(descriptors: UInt) -> Int { max(2, min(connectionsMax, Int(clamping: descriptors / 2))) }
  /// Time to resolve, connect and finish TLS, for exchanges that have no time limit of their own.
  static let connectTime = Duration.seconds(30)
  /// The longest sleep of the curl thread. Anything that happens wakes it earlier; this only bounds a lost wake-up.
  static let pollTimeMax = Duration.seconds(60)
  /// One WebSocket message, all fragments together. A Mattermost post is at most 64 KiB, an event with many
  /// attachments a few MiB.
  static let messageBytesMax = 16 * 1024 * 1024
  /// Messages, and their bytes, held for a slow reader of a WebSocket before its socket is no longer read. One message
  /// may go over the bytes, since it could not be handed over otherwise.
  static let inboxMessagesMax = 256
  static let inboxBytesMax = 1024 * 1024
  /// Messages that a reader takes at once, so that what is handed over is less than what may wait.
  static let batchMessagesMax = 64
  /// Messages to send that may wait for a peer that does not read, in bytes. Ours are a few hundred bytes each.
  static let outboxBytesMax = 1024 * 1024
  static let outboxMessagesMax = 1024
  /// Frames that may wait before the peer's own frames are left unread: each of its pings makes a pong wait.
  static let outboxFramesMax = 64
  /// Bytes read from one WebSocket before the others, and the HTTP exchanges, have their turn.
  static let bytesPerTurn = 1024 * 1024
  /// Bytes taken from curl at a time: what it takes from the kernel, or from TLS, at once.
  static let receiveBufferBytes = 16 * 1024
  /// Bytes handed to curl at a time for sending.
  static let sendBufferBytes = 16 * 1024
  /// How much is kept of the body of an answer that refuses the upgrade: enough to show what it is.
  static let refusalBytesMax = 1024
  /// Time for that body to come in, once the headers are there.
  static let refusalTime = Duration.seconds(2)
  /// Time for the peer to answer our close frame (RFC 6455, section 7.1.1) before the connection is closed anyway.
  static let closeTime = Duration.seconds(1)
}
