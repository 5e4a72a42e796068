/// The bounds of this room, each with its reason.
enum Limits {
  /// Bytes of an answer's body. The largest we ask for is a thread; a thousand long posts are below this.
  static let answerBytesMax = 32 * 1024 * 1024

  /// Posts of a page: the most that Mattermost gives.
  static let postsPageMax = 200

  /// How long one REST call may take. Mattermost answers in milliseconds; a call this late is lost.
  static let callTime = Duration.seconds(15)

  /// How long the transfer of one file may take, and how long no byte of it may move: a hundred megabytes over a slow line.
  static let fileTime = Duration.seconds(10 * 60)
  static let fileIdleTime = Duration.seconds(30)

  /// Attempts at one REST call, the first included.
  static let attemptsMax = 4

  /// REST calls under way at once, in all of a process. Mattermost holds a database connection for each, has few of them,
  /// and refuses good posts once it runs out; an answer takes milliseconds, so that more would gain nothing.
  static let callsMax = 8

  /// Files on their way at once, beside those calls: each may take minutes, and answers must not wait for them.
  static let transfersMax = 4

  /// How long after fewer calls at once were let through for a sign of overload the next sign counts: those that were under way
  /// meanwhile tell of the same.
  static let overloadPause = Duration.seconds(1)

  /// The longest wait that a server may ask for (`Retry-After`). A call that had to wait longer fails instead; the
  /// event socket tries again after this long, or a header could keep the bot deaf for years.
  static let serverWaitMax = Duration.seconds(60)

  /// How long nobody calls after a refusal for the rate that names no time. Mattermost's limit is one of each second.
  static let rateWaitDefault = Duration.seconds(1)

  /// Unicode scalars of a server's own words that we repeat.
  static let serverMessageScalarsMax = 200

  /// The least that we believe a server of the length of a post: a tenth of what the oldest ones take, and room for a
  /// sentence. Posts of one character each would never end.
  static let postScalarsMaxLeast = 400

  /// Bytes of a refusal's page in which a known proxy's words are looked for: its own pages are a few hundred.
  static let refusalBytesRead = 1024

  /// Unicode scalars of the name that a webhook's post shows: Mattermost's own names of accounts have at most 64.
  static let overrideNameScalarsMax = 64

  /// How long the event socket may take to connect.
  static let connectTime = Duration.seconds(15)

  /// How long the server may take to greet us. It drops a socket with a bad token after 5 seconds without a word, so
  /// the drop comes first; this is for networks in between that swallow it.
  static let helloTime = Duration.seconds(10)

  /// The highest number of an event that we believe: the last whole number that JSON carries exactly everywhere
  /// (RFC 8259, section 6), and far from where counting on would overflow.
  static let sequenceMax: Int64 = 1 << 53

  /// How often we ask whether the server is there. A dead connection is found after two of them; many proxies drop a
  /// connection that is silent for 60 seconds.
  static let pingInterval = Duration.seconds(25)

  // MARK: The server's clock

  /// How many of the latest answers' dates count: four that are absurd change nothing.
  static let datesKept = 9

  /// Milliseconds by which what is made of a `Date` may be off: it says whole seconds.
  static let dateMillisecondsOff: Int64 = 1_000

  /// Seconds since 1970 that a `Date` may say: 2015, before which there was no Mattermost, to 2200.
  static let datesBelieved = 1_420_070_400...7_258_118_400

  /// How long an answer may take for its date to count: of a slower one nobody knows when it was dated.
  static let dateDelayMax: Duration = .seconds(10)

  // MARK: What cannot be read

  /// How deep lists and maps are read: below a post's own, Mattermost's lie a dozen deep, and the decoder refuses 512.
  static let jsonDepthMax = 100

  /// Unicode scalars of an id in the log: Mattermost's have 26.
  static let idScalarsShown = 40
}
