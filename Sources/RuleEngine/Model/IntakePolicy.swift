/// What is done about posts that come late, by another way than the event socket, or from programs.
public struct IntakePolicy: Sendable, Equatable {
  /// Seconds after which a post that was missed is not answered any more.
  public var maxAgeSeconds: Int
  /// Seconds between two looks for new posts while there is no event socket.
  public var pollSeconds: Int
  /// How much bots, webhooks and plugins are answered in each channel before they are paused for as long.
  public var bots: Rate

  /// The `max_age` of a file that names none: a quarter of an hour, in seconds.
  public static let defaultMaxAgeSeconds = 15 * 60

  /// The `poll` of a file that names none, in seconds.
  public static let defaultPollSeconds = 5

  /// The `bots` of a file that names none: more than programs that people set up say, less than a loop does.
  public static let defaultBots = Rate(count: 20, seconds: 60)

  /// States a policy; the defaults unless said.
  public init(
    maxAgeSeconds: Int = defaultMaxAgeSeconds, pollSeconds: Int = defaultPollSeconds, bots: Rate = defaultBots
  ) {
    self.maxAgeSeconds = maxAgeSeconds
    self.pollSeconds = pollSeconds
    self.bots = bots
  }
}
