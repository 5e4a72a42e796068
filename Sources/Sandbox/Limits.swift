import HTTPServing

/// Bounds of the sandbox, each with its reason. Beyond them, it refuses, drops the oldest, or closes.
enum Limits {
  /// Unicode scalars of a message, as in Mattermost (`MaxPostSize` of `config/client`).
  static let messageScalarsMax = 16_383
  /// Posts stored in a channel: enough for a day of experiments, few enough for memory. The oldest are deleted first.
  static let postsKeptMax = 2_000
  /// Posts in an answer to `since`, as in Mattermost.
  static let postsSinceMax = 1_000
  /// Posts in a page, as in Mattermost.
  static let postsPageMax = 200
  /// Posts in a page if the call has no `per_page`, as in Mattermost.
  static let postsPageDefault = 60
  /// Bytes of the body of a request: more than the longest message with every scalar escaped as two `\uXXXX`.
  static let bodyBytesMax = 512 * 1024
  /// Bytes of a WebSocket message from a client, as in Mattermost (`SocketMaxMessageSizeKb`).
  static let socketMessageBytesMax = 8 * 1024
  /// Open sockets: a gateway and a few browser tabs need a handful.
  static let socketsMax = 64
  /// Frames queued for a slow reader. Beyond it the socket is dropped, as in Mattermost (`sendQueueSize`).
  static let framesWaitingMax = 256
  /// Events stored for a client that resumes, as in Mattermost (`deadQueueSize`).
  static let eventsKeptMax = 128
  /// Connections stored without a client; beyond it, the one whose client left first is deleted.
  static let connectionsAwayMax = 32
  /// The time for a socket to authenticate, as in Mattermost.
  static let authenticationDeadline = Duration.seconds(5)
  /// The time between two pings of the server, as in Mattermost.
  static let pingInterval = Duration.seconds(60)
  /// Milliseconds for which a `pending_post_id` is stored, as in Mattermost.
  static let pendingPostMilliseconds = 30_000
  /// Stored `pending_post_id`s; the oldest are deleted first.
  static let pendingPostsMax = 1_000
  /// Bytes of a `pending_post_id`, a file name or the name of an emoji: usual ones are much shorter.
  static let nameLengthMax = 128
  /// Files of a post, as in Mattermost.
  static let filesMax = 10
  /// Files without a post; the oldest are deleted first.
  static let uploadsMax = 20
  /// Reactions of a post, so that a loop cannot fill the memory.
  static let reactionsMax = 200
  /// Queued faults of one kind.
  static let faultsMax = 10_000
  /// Bytes of a huge frame: more than a client should accept.
  static let faultBytesMax = 64 * 1024 * 1024
  /// Users, teams, channels (the direct ones too) and webhooks: more than a person can try out, few enough for the lists
  /// of the page.
  static let usersMax = 200
  static let teamsMax = 20
  static let channelsMax = 500
  static let webhooksMax = 50
  /// Bytes of the name of a user, team or channel, as in Mattermost.
  static let entityNameMax = 64
  /// Bytes in which the size of an image has to come: heads of photos with a preview are shorter.
  static let imageHeadBytesMax = 256 * 1024
  /// Pixels of an image that the page shows, as in Mattermost; decoded, they are 100 MB.
  static let imagePixelsMax = 6_048 * 4_032
  /// The limits of the HTTP server. Connections suffice for a gateway, many browser tabs and `socketsMax` sockets, and
  /// leave descriptors for the rest of the process. A head has a token and little else. The times are Mattermost's idle
  /// time; delays of faults have to be shorter.
  static let http = HTTPServerLimits(
    connectionsMax: 256, headBytesMax: 32 * 1024, bodyBytesMax: bodyBytesMax, requestTime: .seconds(60),
    answerTime: .seconds(60))
  /// The time for a client to read the last frames of a socket that ends.
  static let lastFramesTime = Duration.seconds(5)
}
