/// What is done about posts that come late, by another way than the event socket, from programs, or with files.
public struct IntakePolicy: Sendable, Equatable {
  /// Seconds after which a post that was missed is not answered any more.
  public var maxAgeSeconds: Int
  /// Seconds between two looks for new posts while there is no event socket.
  public var pollSeconds: Int
  /// How much bots, webhooks and plugins are answered in each channel before they are paused for as long.
  public var bots: Rate
  /// The most files of one message that reach an agent.
  public var filesMax: Int
  /// The most bytes of each.
  public var fileBytesMax: Int
  /// Which media types they may have.
  public var fileTypes: [MediaRange]

  /// The `max_age` of a file that names none: a quarter of an hour, in seconds.
  public static let defaultMaxAgeSeconds = 15 * 60

  /// The `poll` of a file that names none, in seconds.
  public static let defaultPollSeconds = 5

  /// The `bots` of a file that names none: more than programs that people set up say, less than a loop does.
  public static let defaultBots = Rate(count: 20, seconds: 60)

  /// The `max_files` of a file that names none: as many as Mattermost lets hang on a post.
  public static let defaultFilesMax = 10

  /// The `max_file_size` of a file that names none, in bytes: photographs and documents, but no films.
  public static let defaultFileBytesMax = 20 * 1024 * 1024

  /// States a policy; the defaults unless said.
  public init(
    maxAgeSeconds: Int = defaultMaxAgeSeconds, pollSeconds: Int = defaultPollSeconds, bots: Rate = defaultBots,
    filesMax: Int = defaultFilesMax, fileBytesMax: Int = defaultFileBytesMax, fileTypes: [MediaRange] = [.any]
  ) {
    self.maxAgeSeconds = maxAgeSeconds
    self.pollSeconds = pollSeconds
    self.bots = bots
    self.filesMax = filesMax
    self.fileBytesMax = fileBytesMax
    self.fileTypes = fileTypes
  }
}
