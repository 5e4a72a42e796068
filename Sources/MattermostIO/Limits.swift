/// The limits of this target.
enum Limits {
  // MARK: REST

  /// Bytes of a response's body. The largest one is a thread; a thousand long posts are smaller.
  static let responseBytesMax = 32 * 1024 * 1024

  /// Posts of a page: the most that Mattermost sends.
  static let postsPageMax = 200

  /// Time for a request. Mattermost responds in milliseconds; a response this late is lost.
  static let callTime = Duration.seconds(15)

  /// Time for the transfer of a file, and time without a byte: a hundred megabytes over a slow line.
  static let fileTime = Duration.seconds(10 * 60)
  static let fileIdleTime = Duration.seconds(30)

  /// Attempts of a request, including the first.
  static let attemptsMax = 4

  /// Requests at a time in the process. Mattermost needs a database connection for each, has few of them, and rejects
  /// valid posts without one. A response takes milliseconds, so that more requests would gain nothing.
  static let callsMax = 8

  /// Files transferred at a time, in addition to those requests: each may take minutes, and answers must not wait for
  /// them.
  static let transfersMax = 4

  /// Time after a reduction of concurrency in which further signs of overload are ignored: the requests that were
  /// running report the same one.
  static let overloadPause = Duration.seconds(1)

  /// The longest wait that a server may request with `Retry-After`. A REST request that would wait longer fails, and
  /// the event socket reconnects after this time. Otherwise a header could disable the bot for years.
  static let serverWaitMax = Duration.seconds(60)

  /// The wait after a refusal for the rate without a time. Mattermost's limit is per second.
  static let rateWaitDefault = Duration.seconds(1)

  /// Unicode scalars of a server's message in errors.
  static let serverMessageScalarsMax = 200

  /// The smallest post size that is believed: a tenth of that of the oldest servers, and enough for a sentence. With
  /// posts of a single character, an answer would never end.
  static let postScalarsMaxLeast = 400

  /// Bytes of an error page that are searched for a known proxy's text. Their pages have a few hundred.
  static let refusalBytesRead = 1024

  /// Unicode scalars of the name that a webhook's post shows. User names have at most 64.
  static let overrideNameScalarsMax = 64

  // MARK: Event socket

  /// Time to connect.
  static let connectTime = Duration.seconds(15)

  /// Time for the server's hello. The server closes a socket with a wrong token after 5 seconds, which is detected
  /// first; this is for proxies that hide the close.
  static let helloTime = Duration.seconds(10)

  /// The highest number of an event that is believed: the largest integer that JSON represents exactly everywhere
  /// (RFC 8259, section 6), far below an overflow.
  static let sequenceMax: Int64 = 1 << 53

  /// Time between two pings. A dead connection is detected after two of them, and many proxies close a connection that
  /// is silent for 60 seconds.
  static let pingInterval = Duration.seconds(25)

  // MARK: Server clock

  /// The number of responses whose dates count. Up to four absurd ones have no effect.
  static let datesKept = 9

  /// The error of a `Date` header in milliseconds: it has whole seconds.
  static let dateMillisecondsOff: Int64 = 1_000

  /// The dates that are believed, in seconds since 1970: from 2015, when Mattermost was released, to 2200.
  static let datesBelieved = 1_420_070_400...7_258_118_400

  /// The duration of a request up to which the date of its response counts. In a longer one, it is too uncertain.
  static let dateDelayMax: Duration = .seconds(10)

  // MARK: Decoding

  /// The nesting of JSON beyond which values are replaced by `null` in a text that the parser rejects. Mattermost's own
  /// values in a post are nested a dozen deep, and the parser rejects 1,024.
  static let jsonDepthMax = 100

  /// Parsers kept for the next texts: a frame and the post in it need two at a time, and
  /// other threads may read responses meanwhile.
  static let jsonParsersKept = 4

  /// Bytes of a text up to which the memory of its parser is kept, about 14 times as much. Most frames have less than
  /// two thousand; a page of posts has hundreds of thousands.
  static let jsonParserBytesKept = 64 * 1024

  /// Unicode scalars of an id in the log. Those of Mattermost have 26.
  static let idScalarsShown = 40
}
