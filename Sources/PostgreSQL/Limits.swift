/// The limits of a connection that depend on its use.
package struct PostgresLimits: Sendable {
  /// Time to connect to one host of the address, if the address has no `connect_timeout`. A server answers within
  /// milliseconds, or seconds while it is recovering from a crash.
  package var connectTime = Duration.seconds(10)

  /// Time for which a server may be silent while it owes an answer, before the connection counts as lost. Statements
  /// take milliseconds; this leaves time for a checkpoint of a busy disk or a lock.
  package var answerTimeMax = Duration.seconds(30)

  /// The same for a script, which may build an index of a large table.
  package var scriptTimeMax = Duration.seconds(600)

  /// Batches that were sent and not yet answered; further ones wait. It covers a round trip of 20 ms at 3,000 batches a
  /// second.
  package var batchesUnderWayMax = 64

  /// Rows of one batch.
  package var rowsMax = 100_000

  /// Bytes of all values in the rows of one batch, which are held in memory. A single value is bounded by PostgreSQL
  /// (1 GB), and is received before it is counted.
  package var resultBytesMax = 64 * 1024 * 1024

  package init() {}
}

/// The other limits of this target.
enum Limits {
  /// Bytes of all values in one batch. They are held in memory until they are sent; libpq counts them in an `int`.
  static let batchBytesMax = 256 * 1024 * 1024

  /// Parameters of one statement: the protocol counts them in 16 bits.
  static let parametersMax = 65_535

  /// Unread notifications. Each is only a hint that something has changed, and the newest says it, too.
  static let notificationsMax = 256

  /// Bytes of a text of the server or of libpq in an error: enough for one sentence about each of three hosts.
  static let detailBytesMax = 512

  /// Seconds without traffic before the first probe of TCP, seconds between two probes, and their number, unless the
  /// address has others. A connection that waits for notifications learns in half a minute that its server is gone.
  static let keepAlive = (idle: 15, interval: 5, count: 3)
}
