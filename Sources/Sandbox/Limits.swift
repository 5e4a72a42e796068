import HTTPServing

/// Every bound of the sandbox, with its reason. Beyond one, the sandbox refuses, drops the oldest, or closes.
enum Limits {
  /// Unicode scalars in a message. Mattermost's own limit, as `config/client` tells it (`MaxPostSize`).
  static let messageScalarsMax = 16_383
  /// Posts kept in a channel; the oldest go first. Long enough for a day of trying things, short enough for memory.
  static let postsKeptMax = 2_000
  /// Posts in an answer to `since`, as Mattermost has it.
  static let postsSinceMax = 1_000
  /// Posts in a page, as Mattermost has it.
  static let postsPageMax = 200
  /// Posts in a page when the caller names no number, as Mattermost has it.
  static let postsPageDefault = 60
  /// Bytes of a request's body: the longest message with every scalar escaped as two `\uXXXX`, and room around it.
  static let bodyBytesMax = 512 * 1024
  /// Bytes of a WebSocket message from a client, as Mattermost has it (`SocketMaxMessageSizeKb`).
  static let socketMessageBytesMax = 8 * 1024
  /// Sockets open at once: a gateway and a few browser tabs need a handful.
  static let socketsMax = 64
  /// Frames waiting for a slow reader. Beyond it the socket is dropped, as Mattermost does (`sendQueueSize`).
  static let framesWaitingMax = 256
  /// Events kept for a client that resumes, as Mattermost has it (`deadQueueSize`).
  static let eventsKeptMax = 128
  /// Connections kept for clients that went away; beyond it the one that left first is forgotten.
  static let connectionsAwayMax = 32
  /// How long a socket may stay without a valid token, as Mattermost has it.
  static let authenticationDeadline = Duration.seconds(5)
  /// Between two pings of the server, as Mattermost has it.
  static let pingInterval = Duration.seconds(60)
  /// How long a `pending_post_id` is remembered, in milliseconds, as Mattermost has it.
  static let pendingPostMilliseconds = 30_000
  /// `pending_post_id`s remembered at once; the oldest go first.
  static let pendingPostsMax = 1_000
  /// Characters of a `pending_post_id` or an emoji's name: Mattermost's are far below it.
  static let nameLengthMax = 128
  /// Files on one post, as Mattermost has it.
  static let filesMax = 10
  /// Files that hang on no post yet; the oldest go first.
  static let uploadsMax = 20
  /// Reactions on one post, so that a loop cannot fill the memory.
  static let reactionsMax = 200
  /// Faults of one kind that may wait to happen: a storm, not a climate.
  static let faultsMax = 10_000
  /// Bytes of a frame that is sent for its size: over what any client should take.
  static let faultBytesMax = 64 * 1024 * 1024
  /// The bounds of its listener. Connections: a gateway, many browser tabs, and sockets up to `socketsMax`, so that a flood
  /// leaves descriptors for the rest of the process. A head has a token and little else. Times are Mattermost's own idle
  /// time; what a fault holds back has to be answered within them.
  static let http = HTTPServerLimits(
    connectionsMax: 256, headBytesMax: 32 * 1024, bodyBytesMax: bodyBytesMax, requestTime: .seconds(60),
    answerTime: .seconds(60))
  /// How long a client may take the last frames of a socket that ends.
  static let lastFramesTime = Duration.seconds(5)
}
