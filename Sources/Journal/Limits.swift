/// Bounds of the journal, each with its reason.
enum Limits {
  /// Decisions and outcomes that wait to be written. The disk takes some ten thousand a second; when it stands still, a gateway goes
  /// on without it.
  static let waitingMax = 10_000

  /// How long what is recorded may wait for what comes after it: a list of the latest decisions lags by so much.
  static let writePause = Duration.milliseconds(100)

  /// Bytes of the file, whatever `max_events` says: with texts, an event may take 64 KiB.
  static let fileBytesMax: Int64 = 512 * 1024 * 1024

  /// The part of the events that is forgotten at once where the file is too large: one in so many.
  static let forgottenPart: Int64 = 10

  /// Outcomes that are kept of one event: an agent may ask any number of questions, and the last outcome says how it ended.
  static let outcomesOfEventMax = 20

  /// How often a list that follows the journal looks for what is new: as often as it is written.
  static let followPause = Duration.milliseconds(200)

  /// Bytes of a text that is kept: all that Mattermost takes in a post. Escaped and beside its body, it still fits a line.
  static let textBytesMax = 64 * 1024

  /// How often the journal is looked through for what is too old, also while nothing happens.
  static let pruneInterval = Duration.seconds(3_600)

  /// Events that are written until the journal is looked through for what is too old or too much.
  static let eventsBetweenPrunes = 1_000

  /// Seconds that another program may hold the file.
  static let busySeconds = 5.0

  /// Bytes of a command's name that are kept where a text is not.
  static let commandBytesMax = 64

  /// Events that are decided at once, and bytes of their texts: names are learnt from all of them before the first is
  /// decided, and all are in memory.
  static let batchMax = 10_000
  static let batchBytesMax = 16 * 1024 * 1024

  /// What was decided in so many ways is compiled for, of rule sets with at most so many rules, to decide events without
  /// their texts: each is a compilation of two rule sets.
  static let boundsMax = 200
  static let boundedRulesMax = 1_000

  /// Rules that a summary names before it counts the rest.
  static let rulesShownMax = 12

  /// Unicode scalars of a name, and of a message, that a listed event shows.
  static let nameScalarsMax = 40
  static let textScalarsMax = 48

  /// Columns of a user's or channel's name, and of a rule's, in a list: with them, most lines fit 80.
  static let listedNameColumns = 10
  static let listedRuleColumns = 12

  /// Events of one post that are read: a post that was edited more often is explained by its newest edits.
  static let eventsOfPostMax = 100
}
