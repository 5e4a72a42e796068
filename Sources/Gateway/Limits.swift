import HTTPServing
import Processes

/// Bounds of the gateway, each with its reason.
enum Limits {
  /// How many events may be in the gateway's hands, decided but not yet with their session: above it, the socket is not
  /// read on, and the server holds what follows.
  static let inHandMax = 1_000

  /// How long what is being said may take to go out when the gateway ends: supervisors kill after ten seconds.
  static let grace: Duration = .seconds(2)

  /// How long hooks may take when the gateway ends, beside what else ends: supervisors kill after ten seconds.
  static let hooksEndTime: Duration = .seconds(5)

  /// The first and the longest pause before an answer that could not be posted is tried again.
  static let deliveryPauseFirst: Duration = .seconds(1)
  static let deliveryPauseMax: Duration = .seconds(30)

  /// How often in a row a post may be refused, by a filter or as too large, before it is given up, once other posts are seen to
  /// be taken: half a minute, for a proxy that restarts may say such things.
  static let refusedTriesMax = 6

  /// The same where the server fails (5xx), or refuses the post for what is there: two or three minutes, for a server that has
  /// too much to do says such things of any post.
  static let failedTriesMax = 12

  /// The same where Mattermost says that the bot may not post in a channel that is there: a few seconds. Most often it is so.
  static let deniedTriesMax = 3

  /// How often what is of no use later is tried, such as an agent's question: seven seconds.
  static let hastyTriesMax = 4

  /// How often in a row the event socket may not be had before posts are asked for over REST.
  static let socketFailuresMax = 3

  /// How long after a failed pass of catching up the next one begins; each further failure adds as much.
  static let passPauseFirst: Duration = .seconds(2)

  /// After how many channels in a row that cannot be read a pass ends: it is the server then.
  static let channelFailuresMax = 3

  /// How many pages of a channel, of 200 posts, one pass reads: a channel that grows faster is read on in the next.
  static let pagesMax = 500

  /// The pause before a token that was refused so often is tried again: up to five minutes, since only a person mends it.
  static func refusedPause(after refusals: Int) -> Duration {
    min(.seconds(5) * (1 << min(refusals, 6)), .seconds(300))
  }

  /// How many posts a reply may become; what is more is a file on the last one. More would drown the channel.
  static let partsMax = 10

  /// Bytes of what was said around a message that an agent is shown, about 4,000 tokens: to know what it is about.
  static let contextBytesMax = 16 * 1024

  /// How many files of one message are looked at: Mattermost lets ten hang on a post.
  static let messageFilesMax = 20

  /// Bytes of the files of messages that are kept for one conversation: ten of the largest that are let in.
  static let filesBytesMax = 200 * 1024 * 1024

  /// How many files hang on one post of an answer: the most that Mattermost takes.
  static let filesPerPost = 10

  /// How long an agent may write before what there is of its answer is shown: one that is done sooner is posted whole.
  static let editPauseFirst: Duration = .milliseconds(300)

  /// How long a growing answer rests between two edits, and at most where the server lets us make few calls.
  static let editPause: Duration = .seconds(1)
  static let editPauseMax: Duration = .seconds(8)

  /// An answer that takes longer than this is announced by showing that the bot types.
  static let typingDelay: Duration = .milliseconds(300)

  /// How often that is shown anew: Mattermost's clients show it for five seconds.
  static let typingInterval: Duration = .seconds(4)

  /// How many users and channels a rule's `limit` keeps count of before it forgets those whose time is up.
  static let countedMax = 10_000

  /// How many names of users the server is asked for at once.
  static let namesPerRequest = 200

  /// Of how many unknown names of a rules file the server is asked what may have been meant: each takes a call.
  static let namesExplained = 20

  /// Of how many roles the doctor asks what they allow: newer servers answer for no more at once.
  static let rolesAsked = 100

  /// Seconds by which this machine's clock may differ from the server's: machines that are set by NTP differ by less than
  /// one, and `Date` says whole seconds.
  static let clockSkewMax = 30

  /// Seconds for which the server's certificate should still be good: those that are renewed by themselves are renewed
  /// days before.
  static let certificateSecondsMin = 2 * 86_400

  /// Bytes of the file of the names' ids: a hundred thousand names have a tenth of it.
  static let nameFileBytesMax = 128 * 1024 * 1024

  /// Of how many of the latest posts, at least, it is known whether an edit adds a mention.
  static let recentPostsMax = 5_000

  /// How many claimed posts one pass fails to read before it leaves the others to the next: each may take a call's whole time.
  static let owedFailuresMax = 3

  /// How many accounts of authors are kept, at least: a few megabytes.
  static let accountsMax = 20_000

  /// How long a post's author may be asked for before the posts behind it are taken in: an answer comes in milliseconds.
  static let accountWait: Duration = .seconds(2)

  /// How many events wait in memory for their authors' accounts, as many as the gateway has in its hands; of more, the
  /// store has the claims, and their posts are read again.
  static let anonymousEventsMax = 1_000

  /// The first and the longest pause before rules whose names the server could not be asked for are tried again.
  static let reloadPauseFirst: Duration = .seconds(2)
  static let reloadPauseMax: Duration = .seconds(60)

  /// Of how many posts, at least, it is remembered that they were deleted: what was to be posted about one is long decided
  /// when so many others are gone.
  static let deletedPostsMax = 5_000

  /// How many findings of a refused file the log and `/health` name: one cures them together.
  static let findingsLogged = 20

  /// Unicode scalars of the message that is being answered, in `/status`: enough to know it again.
  static let messageScalarsShown = 60

  /// How often, and for how long each, a post waits for the question that it may answer to be open: two seconds in all, for
  /// others wait meanwhile.
  static let questionWaits = 100
  static let questionWait = Duration.milliseconds(20)

  /// Unicode scalars of what an agent wants to do, in the line of its question: a command line. What is longer is in a block
  /// or a file beside it.
  static let questionTitleScalarsMax = 300

  /// Bytes of all that an agent's question shows, in a post or in a file beside it: the text of a large source file. More is
  /// read by nobody before a yes, so that it is refused.
  static let questionBytesMax = 1024 * 1024

  /// Unicode scalars of a question's post that are kept free for what becomes of it: a name, an answer and some words.
  static let questionOutcomeScalarsMax = 400

  /// Unicode scalars of a finding in `/status`, so that it stays a row of a table.
  static let shortened = 120

  /// How many channels are named at start; of more, the number is told.
  static let channelsShown = 12

  /// The bounds of the listener for `/health`: a few supervisors use it, whose requests have no body and small heads, and
  /// anybody on the network may reach it. Its connections take at most an eighth of the process' descriptors.
  static let health = HTTPServerLimits(
    connectionsMax: min(64, max(2, DescriptorLimit.current / 8)), headBytesMax: 16 * 1024, bodyBytesMax: 64 * 1024,
    requestTime: .seconds(15), answerTime: .seconds(15))
}
