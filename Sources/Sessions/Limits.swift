/// The bounds of sessions and their store, each with its reason.
enum Limits {
  // MARK: History

  /// The most exchanges of a conversation that are stored, and the most bytes of them that are read for a question: as
  /// much as the largest `history` of an agent allows.
  static let historyExchangesMax = 500
  static let historyBytesMax = 4 * 1024 * 1024

  // MARK: Responses

  /// The most bytes of one answer, about 30 posts of the default length: past it, a channel is being flooded.
  static let answerBytesMax = 128 * 1024

  /// The most files of one answer, five posts of them: past it, a channel is being flooded.
  static let answerFilesMax = 50

  /// The most Unicode scalars of a file's name in the history.
  static let pathScalarsShown = 120

  /// The most steps of an answer that are known one by one; of earlier ones, only the ends are counted.
  static let workStepsMax = 256

  /// The most ids of earlier steps that had not ended, by which their ends are counted.
  static let workStepsAwaitedMax = 1_024

  /// The most steps that are shown while the agent works, and the most failed ones that the finished answer names.
  static let workStepsShown = 5
  static let failedStepsShown = 3

  /// The most entries of a plan that are shown: a screen.
  static let planEntriesShown = 20

  /// Unicode scalars of a step, an entry of a plan, and of the end of an agent's thought: a line, or two.
  static let stepScalarsShown = 120
  static let thoughtScalarsShown = 200

  /// Lines of one change of a file that are shown, and the bytes of all changes of an answer: half of the most that an
  /// answer has, so that they never displace the agent's text.
  static let diffLinesShown = 60
  static let diffBytesMax = answerBytesMax / 2

  // MARK: Turns

  /// The most messages of all conversations that wait or are answered, and the most of them of one user, so that one
  /// user cannot exclude the others. Each takes some kilobytes, 64 at most.
  static let backlogMax = 5_000
  static let backlogOfUserMax = 1_500

  /// The time after which `stop` reports that the turn is still ending: the documentation promises a second.
  static let stopTime = Duration.milliseconds(900)

  /// The time for which a turn keeps its slot while its answer is being posted.
  static let postingHoldsSlot = Duration.seconds(10)

  /// Open files that are reserved for all else than turns: the store, connections to Mattermost, hooks, `/health`.
  static let descriptorsReserved = 64

  /// Files that a turn may have open at once: while its program is started, both ends of three pipes and of the
  /// supervisor's socket and the lock of its folder; else its connection, and the files that come and go with it.
  static let descriptorsPerTurn = 10

  /// The number of known sessions from which on those that are no longer used are removed.
  static let sessionsSweptMin = 64

  // MARK: Store

  /// The time for which another process, such as the `sqlite3` shell, may hold the file before opening it fails.
  static let storeBusySeconds = 5.0

  /// The longest time, and the most changes, for which claims and records of what was posted wait for the next
  /// transaction: a kill within that time costs the next start a request for each, to read or look for its post.
  static let postponedTime = Duration.milliseconds(250)
  static let postponedChangesMax = 256

  /// The time after which they are tried again if the disk did not take them.
  static let postponedRetryTime = Duration.seconds(5)

  /// The first and the longest pause before a database that failed is asked again: a restart takes a second, and a lease
  /// leaves six.
  static let databasePauseFirst = Duration.milliseconds(50)
  static let databasePauseMax = Duration.seconds(1)

  /// The time for which a batch is tried again that the database refuses, as when its disk is full: longer than others
  /// hold a lock.
  static let databaseRefusalsTime = Duration.seconds(10)

  /// Rows that are read from a database at once: of ids and numbers, and of messages or replies, of some 200 kB at most.
  static let databaseRowsMax = 10_000
  static let databaseTextsMax = 200

  /// Changes of a database that are made in one transaction: the second one costs a tenth of the first, the hundredth
  /// saves nothing more.
  static let changesAtOnceMax = 100

  /// Claims on which a killed gateway had not begun to work, of which a start knows: more than can be under way at a time.
  static let openClaimsMax = 50_000

  /// The pause after a look at the other members, so that many notifications are one.
  static let lookPause = Duration.milliseconds(50)

  /// The rules that are remembered to have been in force: a start with one of them does not put them in force again.
  static let announcedRulesMax = 100

  /// The time for which a member keeps a conversation in which nothing is open, so that the next messages need no lease.
  static let leaseIdleTime = Duration.seconds(60)

  /// The time for which a claim whose session is not known keeps all leases from being given back.
  static let unassignedClaimTime = Duration.seconds(300)

  /// The time for which a post is left to the member that comes first, and for each further one.
  static let claimDelayFirst = Duration.seconds(1)
  static let claimDelayNext = Duration.milliseconds(500)

  /// Old rows of a database that are deleted in one transaction: a tenth of a second.
  static let deletedAtOnceMax = 10_000

  /// Threads of which the store remembers whether the bot has joined them: some megabytes.
  static let knownThreadsMax = 20_000

  /// The time for which the database is not told again that the bot has posted in a thread.
  static let joinedThreadSeconds = 600.0

  /// The days for which a claim is stored: posts that are older must not be admitted.
  static let claimDays = 30

  /// The days for which a conversation, or a thread that the bot has joined, is stored after its last message.
  static let sessionDays = 365

  /// The days for which the copy of a store from before an upgrade is stored: time to notice that it was a mistake.
  static let olderCopyDays = 30

  /// The time in which a gateway begins to copy its store for a backup, which it looks for every two seconds, and the
  /// time for the copy: gigabytes on a slow disk.
  static let copyRequestTimeMax: Duration = .seconds(30)
  static let copyTimeMax: Duration = .seconds(600)

  /// The attempts, a tenth of a second apart, to lock the folder of such a copy: the gateway locks it for a moment only.
  static let copyLockAttemptsMax = 20

  /// Bytes of the reason why the store was not copied: a sentence with a path.
  static let copyReasonBytesMax = 2_000

  /// The hours between two deletions of old rows.
  static let pruneHours = 24

  /// The largest sum of costs that is stored: another answer, of the most tokens at the highest price that a file may
  /// say, adds too little to reach what 64 bits hold.
  static let costMillionthsMax = 9_000_000_000_000_000_000
}
