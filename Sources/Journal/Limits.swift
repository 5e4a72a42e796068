/// Bounds of the journal, each with its reason.
enum Limits {
  /// Decisions and outcomes that wait to be written. A disk takes some ten thousand a second; if it stalls, the gateway
  /// continues without recording.
  static let waitingMax = 10_000

  /// The time in which entries are collected to be written together; a list of the newest decisions lags by as much.
  static let writePause = Duration.milliseconds(250)

  /// The number of entries that are written without the pause, before they fill the buffer.
  static let batchWrittenAtOnce = waitingMax / 10

  /// Bytes of the file, whatever `max_events` allows: with texts, an event may have 64 KiB.
  static let fileBytesMax: Int64 = 512 * 1024 * 1024

  /// If the file is too large, one in this many events is deleted, the oldest ones.
  static let deletedPart: Int64 = 10

  /// Outcomes stored of one event: an agent may ask any number of questions, and the last outcome tells how it ended.
  static let outcomesOfEventMax = 20

  /// The pause between two reads of a list that follows the journal: as often as it is written.
  static let followPause = Duration.milliseconds(200)

  /// Bytes of a stored text: as much as a post of Mattermost has. Escaped and with its body, it still fits into a line.
  static let textBytesMax = 64 * 1024

  /// The time after which old entries are deleted, also if nothing is recorded.
  static let pruneInterval = Duration.seconds(3_600)

  /// The number of new entries after which old ones are deleted.
  static let entriesBetweenPrunes = 1_000

  /// Seconds that another process may lock the file.
  static let busySeconds = 5.0

  /// Bytes of a command's name that are stored if the text is not.
  static let commandBytesMax = 64

  /// Events of a batch, and bytes of their texts: a batch is in memory, and names are learned from all of it before its
  /// first event is decided.
  static let batchMax = 10_000
  static let batchBytesMax = 16 * 1024 * 1024

  /// Compilations that decide events without texts, one for each way in which events were decided, and the rules that a
  /// rule set may have for that: each compiles two rule sets.
  static let textIndependentRulesMax = 200
  static let textIndependentRuleCountMax = 1_000

  /// Rules that a summary names before it counts the rest.
  static let rulesShownMax = 12

  /// Unicode scalars of a name and of a message in a list.
  static let nameScalarsMax = 40
  static let textScalarsMax = 48

  /// Columns of the name of a user or channel, and of a rule, in a list: with these, most lines fit into 80 columns.
  static let listedNameColumns = 10
  static let listedRuleColumns = 12

  /// Events read of one post: a post that was edited more often is explained by its newest edits.
  static let eventsOfPostMax = 100
}
