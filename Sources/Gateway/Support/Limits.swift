import HTTPServing
import Processes

/// Bounds of the gateway, each with its reason.
enum Limits {
  // MARK: Running

  /// The number of events that may be decided but not yet with their session. Above it, the socket is not read any
  /// more, and the server holds the events that follow.
  static let inHandMax = 1_000

  /// The time for replies when the gateway ends: supervisors kill after ten seconds.
  static let grace: Duration = .seconds(2)

  /// The time for work that was cancelled then: an edit that the server works on is not cut short.
  static let cancelledGrace: Duration = .seconds(1)

  /// The time for hooks when the gateway ends, while the rest ends: supervisors kill after ten seconds.
  static let hooksEndTime: Duration = .seconds(5)

  /// The pause before a rejected token is tried again: up to five minutes, because only a person can fix it.
  static func unauthorizedPause(after rejections: Int) -> Duration {
    min(.seconds(5) * (1 << min(rejections, 6)), .seconds(300))
  }

  /// The first and the longest pause of a start before an unavailable server is tried again.
  static let startPauseFirst: Duration = .seconds(1)
  static let startPauseMax: Duration = .seconds(30)

  /// The longest pause before an unavailable database is tried again: while it is away, no gateway answers.
  static let databasePauseMax: Duration = .seconds(2)

  /// The pause of a gateway that stands by before it asks again whether its rules are those of the others.
  static let joinInterval: Duration = .seconds(1)

  /// The pause between two looks whether the store is lost while the gateway ends.
  static let storeLostInterval: Duration = .milliseconds(200)

  /// Unicode scalars of the state that a service manager shows: three lines of a terminal.
  static let statusScalarsMax = 240

  /// Notifications that wait for a service manager which accepts none; beyond it, the oldest is dropped.
  static let unsentStatusesMax = 16

  /// The pause before they are sent again.
  static let statusRetryPause: Duration = .seconds(1)

  /// The shortest pause between two watchdog notifications: a manager that expects more is misconfigured, and they would
  /// take the network's thread.
  static let watchdogPauseMin: Duration = .milliseconds(10)

  // MARK: Ingest

  /// The number of failed attempts in a row to open the event socket after which posts are polled over REST.
  static let socketFailuresMax = 3

  /// The pause before a failed pass of the backfill is repeated; each further failure adds as much.
  static let passPauseFirst: Duration = .seconds(2)

  /// The number of unreadable channels in a row after which a pass ends, because the server is the likely cause.
  static let channelFailuresMax = 3

  /// The number of pages of 200 posts that one pass reads in a channel. The next pass continues in a channel that grows
  /// faster.
  static let pagesMax = 500

  /// The number of unreadable claimed posts after which a pass leaves the rest to the next one: each may take the whole
  /// time of a request.
  static let owedFailuresMax = 3

  /// The minimum number of the latest posts that are remembered, to know whether an edit adds a mention.
  static let recentPostsMax = 5_000

  /// The minimum number of authors' accounts in the cache: a few megabytes.
  static let accountsMax = 20_000

  /// The minimum number of the latest threads that are remembered, and the most posts and bytes of each: the
  /// server is asked for longer ones. At worst, a few megabytes.
  static let threadsMax = 250
  static let threadPostsMax = 50
  static let threadBytesMax = 8 * 1024

  /// The number of accounts that one request asks for.
  static let namesPerRequest = 200

  /// The longest wait for the author of a post, in which later posts wait: the server usually answers in milliseconds.
  static let accountWait: Duration = .seconds(2)

  /// The number of events that wait in memory for the accounts of their authors, equal to `inHandMax`. More are claimed
  /// in the store, and their posts are read again.
  static let unattributedEventsMax = 1_000

  /// The number of posts that are left to other gateways for a moment: more than come in the longest such moment. Beyond
  /// it, they are read again.
  static let deferredPostsMax = 1_000

  /// The time for which a post is left to the gateway whose permission request it may answer: that one may wait two
  /// seconds until its request is posted, and two for the account of the author.
  static let requestDelay: Duration = .seconds(5)

  /// The time for which a post that another gateway has handed over is looked for if the server does not know it.
  static let handedPostWait: Duration = .seconds(10)

  /// The longest pause between two looks whether such a moment is over: their conversation may have become this
  /// gateway's.
  static let deferredCheckInterval: Duration = .milliseconds(250)

  /// The pause before claims that could not be looked up, or taken over, are looked up again.
  static let deferredRetryPause: Duration = .seconds(1)

  /// The number of users and channels with counts for limits, above which expired counts are removed.
  static let countedMax = 10_000

  // MARK: Reload

  /// The first and the longest pause before rules are resolved again after the server could not be reached.
  static let reloadPauseFirst: Duration = .seconds(2)
  static let reloadPauseMax: Duration = .seconds(60)

  /// The number of errors of a rejected file that the log and `/health` list.
  static let diagnosticsLogged = 20

  // MARK: Texts

  /// Unicode scalars of the message in `!status` that is being answered: enough to recognize it.
  static let messageScalarsShown = 60

  /// Unicode scalars of an excerpt, as of a name or an error, in a message or a row of a table.
  static let excerptScalarsMax = 120

  /// The number of renamed users that `!status` lists.
  static let renamesShown = 12

  // MARK: Delivery

  /// The first and the longest pause before a reply that could not be posted is tried again.
  static let deliveryPauseFirst: Duration = .seconds(1)
  static let deliveryPauseMax: Duration = .seconds(30)

  /// The number of rejections in a row, by a filter or as too large, after which a post is given up if other posts are
  /// accepted: half a minute, because a proxy that restarts may answer the same.
  static let refusedTriesMax = 6

  /// The same if the server fails (5xx), or rejects a post for a root or channel that exists: two or three minutes,
  /// because an overloaded server answers that to any post.
  static let failedTriesMax = 12

  /// The same if Mattermost does not let the bot post in an existing channel: a few seconds, because that is usually
  /// true.
  static let deniedTriesMax = 3

  /// The number of attempts to create a post that is of no use later, such as a permission request: seven seconds.
  static let hastyTriesMax = 4

  /// The number of posts that a reply may become; the rest of a longer one is a file on the last post. More posts would
  /// flood the channel.
  static let partsMax = 10

  /// The number of files on one post of a reply: the most that Mattermost accepts.
  static let filesPerPost = 10

  /// The time after which people wonder whether they are answered. From then on a question has an emoji, the bot is
  /// shown as typing, and a streamed answer appears: one that is complete sooner is a single post.
  static let progressDelay: Duration = .seconds(2)

  /// The pause between two looks at an answer of which there is nothing to show yet.
  static let editPauseFirst: Duration = .milliseconds(300)

  /// The pause between two edits of a growing answer, and the longest one, for a server with a low rate limit.
  static let editPause: Duration = .seconds(1)
  static let editPauseMax: Duration = .seconds(8)

  /// The time between two calls that show the bot as typing: Mattermost's clients show it for five seconds.
  static let typingInterval: Duration = .seconds(4)

  /// The minimum number of deleted posts that are remembered: after so many others, replies about a post have long been
  /// sent.
  static let deletedPostsMax = 5_000

  /// The age of a deletion up to which it is repeated after a takeover, because the gateway that ended may not have
  /// applied it: a gateway that fails has its place for some seconds more.
  static let deletionRepeatTime: Duration = .seconds(60)

  // MARK: Context and files of messages

  /// Bytes of the posts around a message that an agent gets as context: about 4,000 tokens.
  static let contextBytesMax = 16 * 1024

  /// The number of files of a message that are considered: Mattermost allows ten on a post.
  static let messageFilesMax = 20

  /// Bytes of the messages' files that are stored for one conversation: ten of the largest that are accepted.
  static let filesBytesMax = 200 * 1024 * 1024

  // MARK: Permission requests

  /// Unicode scalars of the line with the action that an agent asks for: a command line. The rest is in a block or a
  /// file.
  static let questionTitleScalarsMax = 300

  /// Bytes of everything that a permission request shows, in its post or a file: a large source file. No one reads more
  /// before a yes, so a larger request is refused.
  static let questionBytesMax = 1024 * 1024

  /// The minimum number of other gateways' requests that are remembered: more are not open at once.
  static let requestsElsewhereMax = 250

  /// The minimum number of this gateway's requests that are remembered, to tell them from those of others.
  static let ownRequestsMax = 1_000

  /// Unicode scalars of a request's post that are reserved for its outcome: a name, an answer and some words.
  static let questionOutcomeScalarsMax = 400

  // MARK: Monitoring

  /// The bounds of the listener: a few supervisors use it, with small requests that have no body, and anyone on the
  /// network may reach it. Its connections use at most an eighth of the process's file descriptors.
  static let monitoring = HTTPServerLimits(
    connectionsMax: min(64, max(2, DescriptorLimit.current / 8)), headBytesMax: 16 * 1024, bodyBytesMax: 64 * 1024,
    requestTime: .seconds(15), answerTime: .seconds(15))

  /// The time within which the network's thread must run a job for `/live`: nothing on it may block, and a supervisor
  /// asks again after some seconds.
  static let liveTime: Duration = .seconds(5)

  /// The time for which the text of `/metrics` is used again, so that a flood of requests costs no more than one a
  /// second. Prometheus asks less often.
  static let metricsTime: Duration = .seconds(1)

  /// The instruments of one metric that are found without building texts: a file has fewer rules, agents and commands.
  static let instrumentsCached = 20_000
}
